import { closeNotice, closeProblem } from "./actions.ts";
import { IconButton } from "./Hint.tsx";
import { AlertTriangle, X } from "./icons.ts";
import { say, t } from "./language.ts";
import { useFolio } from "./store.ts";

/** The last request that failed, or what main has to say by itself, in main's own sentence. */
export function Problem() {
  const asked = useFolio((s) => s.problem);
  const unasked = useFolio((s) => s.notice);
  const problem = asked ?? unasked;
  if (!problem) return null;
  return (
    <div className="problem" role="alert" data-code={problem.code}>
      <AlertTriangle />
      <p>{say(problem)}</p>
      <IconButton label={t("Close this message")} onClick={() => (asked ? closeProblem() : void closeNotice())}>
        <X />
      </IconButton>
    </div>
  );
}
