import type { Element, ElementContent, Root } from "hast";
import { Component, createContext, memo, type ReactNode, useContext, useMemo } from "react";
import Markdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import remarkMath from "remark-math";
import type { Quote } from "../preload/api.ts";
import { oneKindOfFormula, placeAmongFormulas } from "../preload/formulas.ts";
import { isTangled } from "../preload/tangled.ts";
import { goTo, openDialog } from "./actions.ts";
import { Code, Formula } from "./Code.tsx";
import { pageName } from "./format.ts";
import { Hint } from "./Hint.tsx";
import { t } from "./language.ts";
import { markdownBlocks } from "./markdown.ts";
import { markQuotes, type QuoteProperties, quoteTag } from "./quotes.ts";
import { useLanguage } from "./store.ts";

const plugins = [remarkGfm, [remarkMath, { singleDollarTextMath: false }]] satisfies React.ComponentProps<typeof Markdown>["remarkPlugins"];

/**
 * How a model's Markdown is drawn. It is untrusted: no picture is ever loaded, raw HTML stays text, and a link is a button that
 * first shows where it leads. Headings stay below the question's own.
 */
const components = {
  a: ({ href, children }) =>
    href ? (
      <button type="button" className="link" onClick={() => openDialog({ kind: "link", href })}>
        {children}
      </button>
    ) : (
      children
    ),
  img: ({ alt }) => <span className="no-picture">[{alt ? t("image left out: {alt}", { alt }) : t("image left out")}]</span>,
  h1: ({ children, dir }) => <h4 dir={dir}>{children}</h4>,
  h2: ({ children, dir }) => <h4 dir={dir}>{children}</h4>,
  h3: ({ children, dir }) => <h5 dir={dir}>{children}</h5>,
  h4: ({ children, dir }) => <h5 dir={dir}>{children}</h5>,
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
    node && classesOf(node).includes("math-inline") ? <Formula tex={textOf(node)} display={false} /> : <code dir="ltr">{children}</code>,
  [quoteTag]: ({ quote }: QuoteProperties) => <QuoteCheck quote={JSON.parse(quote) as Quote} />,
  table: ({ children, dir }) => (
    // biome-ignore lint/a11y/useSemanticElements: a table in an area that scrolls, which must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above.
    <div className="wide" dir={dir} role="group" aria-label={t("Table")} tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
} as Components;

/** The turn whose answer is drawn: its quotes lead to its documents. */
const Turn = createContext("");

/** What came of looking for a quote, behind it. */
function QuoteCheck({ quote }: { quote: Quote }) {
  const turnId = useContext(Turn);
  const { found } = quote;
  return found ? (
    <Hint text={t("The document says this, word for word. Show where.")}>
      <button type="button" className="quote-check" onClick={() => void goTo(turnId, found)}>
        <span className="sr-only">{t("Found on")} </span>
        {pageName(found)}
      </button>
    </Hint>
  ) : (
    <Hint term text={t("These words are not in the documents, whatever their case, space and hyphens.")}>
      <span className="quote-check">{t("not found")}</span>
    </Hint>
  );
}

const classesOf = ({ properties: { className } }: Element): string[] => (Array.isArray(className) ? className.map(String) : []);

const textOf = (node: ElementContent): string =>
  node.type === "text" ? node.value : node.type === "element" ? node.children.map(textOf).join("") : "";

type Props = { turnId: string; text: string; streaming: boolean; quotes: readonly Quote[] | undefined };
const noQuotes: readonly Quote[] = [];

/** An answer in Markdown; one that cannot be drawn is shown as it was written, so that no answer takes the window with it. */
export function Answer(props: Props) {
  return (
    <Shield
      instead={
        <p className="answer as-written" dir="auto">
          {props.text}
        </p>
      }
    >
      <Drawn {...props} />
    </Shield>
  );
}

class Shield extends Component<{ instead: ReactNode; children: ReactNode }, { broken: boolean }> {
  override readonly state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? this.props.instead : this.props.children;
  }
}

/** While it streams only its last block is parsed again. Its quotes are checked once it is whole. */
function Drawn({ turnId, text, streaming, quotes = noQuotes }: Props) {
  const blocks = useMemo(() => {
    let start = 0;
    return markdownBlocks(text).map((source) => {
      const end = start + source.length;
      const inside = quotes.filter((quote) => quote.end > start && quote.end <= end);
      const block = { source, quotes: inside.length === 0 ? noQuotes : inside.map((quote) => ({ ...quote, end: quote.end - start })) };
      start = end + 1;
      return block;
    });
  }, [text, quotes]);
  return (
    <Turn.Provider value={turnId}>
      <div className="answer" data-streaming={streaming}>
        {blocks.map((block, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end.
          <Block key={i} source={block.source} quotes={block.quotes} />
        ))}
      </div>
    </Turn.Provider>
  );
}

/** Each paragraph, list and table runs in the direction of its own first words. */
function directByText(tree: Root) {
  for (const node of tree.children) if (node.type === "element") node.properties.dir = "auto";
}

type BlockProps = { source: string; quotes: readonly Quote[] };

const Block = memo(function Block({ source, quotes }: BlockProps) {
  useLanguage();
  if (!isTangled(source)) return <Parsed source={source} quotes={quotes} />;
  return (
    <p className="as-written" dir="auto">
      {source}
    </p>
  );
});

function Parsed({ source, quotes }: BlockProps) {
  const text = oneKindOfFormula(source);
  const rehypePlugins = useMemo(() => {
    const placed = text === source ? quotes : quotes.map((quote) => ({ ...quote, end: placeAmongFormulas(source, quote.end) }));
    return [() => directByText, () => (tree: Root) => markQuotes(tree, placed)];
  }, [source, text, quotes]);
  return (
    <Markdown remarkPlugins={plugins} rehypePlugins={rehypePlugins} components={components}>
      {text}
    </Markdown>
  );
}
