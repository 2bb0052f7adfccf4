import { type ReactNode, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { Ellipsis } from "./icons.ts";

export type MenuItem = { label: string; icon: ReactNode; run: () => void; kind?: "loss" };

/**
 * A button that opens a list of things to do. Escape or a click beside it closes it, and the browser gives the focus back. Most menus are
 * never opened, and each row of a list has one: what is in it is drawn only while it is open.
 */
export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const buttons = () => [...(list.current?.querySelectorAll("button") ?? [])];
  const place = () => {
    const box = button.current!.getBoundingClientRect();
    const { style, offsetHeight, offsetWidth } = list.current!;
    const below = box.bottom + 4 + offsetHeight < window.innerHeight;
    style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - 4 - offsetHeight)}px`;
    style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - offsetWidth - 8))}px`;
  };
  return (
    <>
      <button ref={button} type="button" className="icon-button" aria-label={label} title={label} aria-haspopup="menu" popoverTarget={id}>
        <Ellipsis aria-hidden="true" />
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        className="menu"
        onBeforeToggle={({ newState }) => newState === "open" && flushSync(() => setOpen(true))}
        onToggle={({ newState }) => {
          if (newState !== "open") return setOpen(false);
          place();
          buttons()[0]?.focus();
        }}
        onKeyDown={(event) => {
          const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
          if (event.key === "Tab" || event.key === "Escape") list.current!.hidePopover();
          // What Escape means behind the menu, such as to stop an answer, is not meant.
          if (event.key === "Escape") event.preventDefault();
          if (step === 0) return;
          event.preventDefault();
          const all = buttons();
          const at = all.indexOf(document.activeElement as HTMLButtonElement);
          all[(at + step + all.length) % all.length]?.focus();
        }}
      >
        {open &&
          items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-kind={item.kind}
              onClick={() => {
                list.current!.hidePopover();
                item.run();
              }}
            >
              {item.icon}
              {item.label}
            </button>
          ))}
      </div>
    </>
  );
}

/**
 * A name in the place where it stands, to be written anew: Enter takes it, Escape and leaving it do not. A key that ends it gives the focus
 * back to the menu that it came from.
 */
export function NameField({ name, label, onDone }: { name: string; label: string; onDone: (name: string | null) => void }) {
  const done = useRef(false);
  const end = (value: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone(value === null || value.trim() === "" || value.trim() === name ? null : value.trim());
  };
  return (
    <input
      className="name-field"
      dir="auto"
      aria-label={label}
      defaultValue={name}
      maxLength={200}
      // biome-ignore lint/a11y/noAutofocus: it stands where the person has just asked to write.
      autoFocus
      onFocus={({ currentTarget: field }) => field.setSelectionRange(0, /^(.+)\.[^.]{1,5}$/.exec(name)?.[1]?.length ?? name.length)}
      onBlur={() => end(null)}
      onKeyDown={(event) => {
        if ((event.key !== "Enter" && event.key !== "Escape") || event.nativeEvent.isComposing) return;
        event.preventDefault();
        event.stopPropagation();
        const [place, value] = [event.currentTarget.parentElement, event.key === "Enter" ? event.currentTarget.value : null];
        flushSync(() => end(value));
        place?.querySelector<HTMLElement>("[aria-haspopup=menu]")?.focus();
      }}
    />
  );
}
