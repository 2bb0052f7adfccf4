import { memo, useMemo } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { openDialog } from "./actions.ts";
import { markdownBlocks } from "./passages.ts";

const plugins = [remarkGfm];

/**
 * How a model's Markdown is drawn. It is untrusted: no picture is ever loaded, raw HTML stays text, and a link is a button that
 * first shows where it leads. Headings stay below the question's own.
 */
const components: Components = {
  a: ({ href, children }) =>
    href ? (
      <button type="button" className="link" onClick={() => openDialog({ kind: "link", href })}>
        {children}
      </button>
    ) : (
      children
    ),
  img: ({ alt }) => <span className="no-picture">[{alt || "picture"}]</span>,
  h1: ({ children }) => <h4>{children}</h4>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h5>{children}</h5>,
  table: ({ children }) => (
    <div className="wide">
      <table>{children}</table>
    </div>
  ),
};

/** An answer in Markdown; while it streams only its last block is parsed again. */
export function Answer({ text, streaming }: { text: string; streaming: boolean }) {
  const blocks = useMemo(() => markdownBlocks(text), [text]);
  return (
    <div className="answer" data-streaming={streaming}>
      {blocks.map((block, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end.
        <Block key={i} source={block} />
      ))}
    </div>
  );
}

const Block = memo(function Block({ source }: { source: string }) {
  return (
    <Markdown remarkPlugins={plugins} components={components}>
      {source}
    </Markdown>
  );
});
