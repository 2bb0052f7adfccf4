import type { ElementContent } from "hast";
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { CopyButton } from "./CopyButton.tsx";
import { t } from "./language.ts";

/** A block of code in its language's colours, as soon as these are here, to be copied as it is. */
export function Code({ language, text }: { language: string | null; text: string }) {
  const [colours, setColours] = useState<typeof import("./highlight.ts") | null>(null);
  useEffect(() => {
    if (language !== null) void import("./highlight.ts").then(setColours);
  }, [language]);
  const pieces = language !== null && colours ? colours.highlight(language, text) : null;
  return (
    <div className="code">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable by keyboard. */}
      <pre dir="ltr" tabIndex={0}>
        <code>{pieces ? pieces.map(coloured) : text}</code>
      </pre>
      <CopyButton label={t("Copy the code")} text={text} />
    </div>
  );
}

function coloured(piece: ElementContent, key: number): ReactNode {
  if (piece.type === "text") return piece.value;
  if (piece.type !== "element") return null;
  const { className } = piece.properties;
  return (
    <span key={key} className={Array.isArray(className) ? className.join(" ") : undefined}>
      {piece.children.map(coloured)}
    </span>
  );
}

/** A formula, set as soon as the setter is here; what is no formula is shown as it was written. */
export function Formula({ tex, display }: { tex: string; display: boolean }) {
  const box = useRef<HTMLSpanElement>(null);
  const [setter, setSetter] = useState<typeof import("./formula.ts") | null>(null);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    void import("./formula.ts").then(setSetter);
  }, []);
  useLayoutEffect(() => {
    if (setter && box.current) setWrong(!setter.setFormula(tex, display, box.current));
  }, [setter, tex, display]);
  return (
    <>
      {(wrong || !setter) && <code dir="ltr">{tex}</code>}
      {/* A wide formula scrolls too. */}
      <span ref={box} dir="ltr" tabIndex={display ? 0 : undefined} className={display ? "formula wide" : "formula"} hidden={wrong} />
    </>
  );
}
