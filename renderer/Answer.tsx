import type { Element, ElementContent } from "hast";
import { memo, useMemo } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import { openDialog } from "./actions.ts";
import { Code, Formula } from "./Code.tsx";
import { markdownBlocks, oneKindOfFormula } from "./markdown.ts";

const plugins = [remarkGfm, [remarkMath, { singleDollarTextMath: false }]] satisfies React.ComponentProps<typeof Markdown>["remarkPlugins"];

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
  img: ({ alt }) => <span className="no-picture">[image left out{alt && `: ${alt}`}]</span>,
  h1: ({ children }) => <h4>{children}</h4>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h5>{children}</h5>,
  pre: ({ node, children }) => {
    const inner = node?.children[0];
    if (inner?.type !== "element" || inner.tagName !== "code") return <pre>{children}</pre>;
    if (classesOf(inner).includes("math-display")) return <Formula tex={textOf(inner)} display />;
    const language =
      classesOf(inner)
        .find((name) => name.startsWith("language-"))
        ?.slice("language-".length) ?? null;
    return <Code language={language?.toLowerCase() ?? null} text={textOf(inner)} />;
  },
  code: ({ node, children }) =>
    node && classesOf(node).includes("math-inline") ? <Formula tex={textOf(node)} display={false} /> : <code>{children}</code>,
  table: ({ children }) => (
    <div className="wide">
      <table>{children}</table>
    </div>
  ),
};

const classesOf = ({ properties: { className } }: Element): string[] => (Array.isArray(className) ? className.map(String) : []);

const textOf = (node: ElementContent): string =>
  node.type === "text" ? node.value : node.type === "element" ? node.children.map(textOf).join("") : "";

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
      {oneKindOfFormula(source)}
    </Markdown>
  );
});
