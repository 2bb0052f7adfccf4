import { type ReactNode, useState } from "react";
import { Hint } from "../Hint.tsx";
import { numbers, t } from "../language.ts";

/** One setting: its name with the exact term a hover away, what it means, and the control; `wide` puts that below. */
export function Group({
  title,
  says,
  term,
  wide,
  children,
}: {
  title: string;
  says?: ReactNode;
  term?: string;
  wide?: boolean;
  children: ReactNode;
}) {
  return (
    <section className="setting" data-wide={wide}>
      <div>
        <h3>
          {term ? (
            <Hint term text={term}>
              {title}
            </Hint>
          ) : (
            title
          )}
        </h3>
        {says && <p>{says}</p>}
      </div>
      <div className="setting-control">{children}</div>
    </section>
  );
}

/** A few choices of which one holds, side by side: radio buttons to keyboard and screen reader. */
export function Segments<Value extends string | number>(props: {
  name: string;
  label: string;
  value: Value | null;
  choices: readonly { value: Value; label: string }[];
  onChoose: (value: Value) => void;
}) {
  return (
    <fieldset className="segments">
      <legend className="sr-only">{props.label}</legend>
      {props.choices.map(({ value, label }) => (
        <label key={value}>
          <input type="radio" name={props.name} value={value} checked={value === props.value} onChange={() => props.onChoose(value)} />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/**
 * A number between two bounds, whole unless `decimals`; what is typed counts once the field is left or Enter is pressed. An empty field is
 * null where there is a `placeholder`, which says what holds then.
 */
export function NumberField<Value extends number | null>(props: {
  label: string;
  value: Value;
  min: number;
  max: number;
  decimals?: boolean;
  placeholder?: string;
  onCommit: (value: Value) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const number = Number(typed?.replace(",", "."));
  const empty = typed === "";
  const inBounds = (props.decimals ? Number.isFinite(number) : Number.isInteger(number)) && number >= props.min && number <= props.max;
  const wrong = typed !== null && !empty && !inBounds;
  const commit = () => {
    if (empty && props.placeholder !== undefined && props.value !== null) props.onCommit(null as Value);
    else if (typed !== null && !empty && !wrong && number !== props.value) props.onCommit(number as Value);
    setTyped(null);
  };
  return (
    <span className="number-field">
      <input
        inputMode={props.decimals ? "decimal" : "numeric"}
        aria-label={props.label}
        aria-invalid={wrong}
        placeholder={props.placeholder}
        value={typed ?? String(props.value ?? "").replace(".", numbers().point)}
        onChange={(event) => setTyped(event.target.value.trim())}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          // A form around it would be sent before it knows the new value.
          event.preventDefault();
          commit();
        }}
      />
      {wrong && (
        <small role="alert">
          {t(
            "{least} to {most}",
            props.decimals ? { least: String(props.min), most: String(props.max) } : { least: props.min, most: props.max },
          )}
        </small>
      )}
    </span>
  );
}
