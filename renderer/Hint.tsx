import { type ReactNode, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { keyName } from "./format.ts";

type Place = { left: number; top: number; above: boolean };

/** Room that a hint needs over its term; with less, it goes below. */
const roomAbove = 96;
const widest = 280;

/**
 * An explanation one hover, or one focus, away. The child keeps its own text; the hint adds the exact term or what a control does.
 * `term` makes the child itself focusable, for plain text that has no control in it.
 */
export function Hint({ text, term = false, children }: { text: ReactNode; term?: boolean; children: ReactNode }) {
  const id = useId();
  const anchor = useRef<HTMLSpanElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const show = () => {
    // The wrapper has no box of its own around a control, so the child's is measured.
    const box = (anchor.current?.firstElementChild ?? anchor.current)?.getBoundingClientRect();
    if (!box) return;
    const above = box.top > roomAbove;
    const middle = box.left + box.width / 2;
    const left = Math.max(8, Math.min(middle - widest / 2, window.innerWidth - widest - 8));
    setPlace({ left, top: above ? box.top - 8 : box.bottom + 8, above });
  };
  const hide = () => setPlace(null);
  const shown = place !== null;
  // Of a control it is said at the control itself; what an icon's button is called says the same already.
  useLayoutEffect(() => {
    const control = shown && !term ? anchor.current?.querySelector(":is(button, select):not(.icon-button)") : null;
    control?.setAttribute("aria-describedby", id);
    return () => control?.removeAttribute("aria-describedby");
  }, [shown, term, id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the handlers only reveal a description; they are no control.
    <span
      ref={anchor}
      className={term ? "term" : "hinted"}
      tabIndex={term ? 0 : undefined}
      aria-describedby={shown && term ? id : undefined}
      onPointerEnter={show}
      onPointerLeave={hide}
      onPointerDown={hide}
      onFocus={(event) => event.target.matches(":focus-visible") && show()}
      onBlur={hide}
      onKeyDown={(event) => {
        if (event.key === "Escape" && place) {
          event.stopPropagation();
          hide();
        }
      }}
    >
      {term ? <span>{children}</span> : children}
      {place &&
        createPortal(
          <span
            id={id}
            role="tooltip"
            className="hint"
            data-above={place.above}
            style={{ left: place.left, top: place.top, width: widest }}
          >
            <span>{text}</span>
          </span>,
          // A modal dialog is in the top layer: a hint for something in it must be inside it to be seen.
          anchor.current?.closest("dialog") ?? document.body,
        )}
    </span>
  );
}

/** A button that shows only an icon: its name is read aloud, and shown with its key as a hint. */
export function IconButton(props: {
  label: string;
  keys?: string;
  onClick: () => void;
  disabled?: boolean;
  pressed?: boolean;
  className?: string;
  children: ReactNode;
}) {
  const { label, keys, pressed, className = "", children, ...button } = props;
  return (
    <Hint
      text={
        <>
          {label}
          {keys && <kbd>{keyName(keys)}</kbd>}
        </>
      }
    >
      <button type="button" className={`icon-button ${className}`} aria-label={label} aria-pressed={pressed} {...button}>
        {children}
      </button>
    </Hint>
  );
}
