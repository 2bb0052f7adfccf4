import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";

/** A long list of which only what is near the window is drawn. `rows` are keyed by what they show. */
export function LongList<Row extends { key: string }>(props: {
  label: string;
  rows: readonly Row[];
  guess: number;
  draw: (row: Row) => ReactNode;
}) {
  const { label, rows, guess, draw } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => guess,
    getItemKey: (index) => rows[index]!.key,
    overscan: 8,
  });
  return (
    <div className="long-list" ref={scroller}>
      <ul aria-label={label} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <li
            key={item.key}
            ref={virtual.measureElement}
            data-index={item.index}
            aria-setsize={rows.length}
            aria-posinset={item.index + 1}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            {draw(rows[item.index]!)}
          </li>
        ))}
      </ul>
    </div>
  );
}
