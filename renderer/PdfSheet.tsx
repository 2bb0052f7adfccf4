import type { PDFPageProxy, TextContent, TextItem } from "pdfjs-dist/types/src/display/api.js";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import type { Page } from "../preload/api.ts";
import { t } from "./language.ts";
import { locate, stretches } from "./locate.ts";
import type { Mark } from "./passages.ts";
import type { Pdf } from "./pdf.ts";
import { type Drawn, drawnLines, type Measure, onScreen, quad } from "./quads.ts";
import { useLanguage } from "./store.ts";

/** A page that is only scrolled past is not worth loading, a size that is only passed through not worth drawing. */
const settleMs = 50;
/** Pixels of one page at most: very large zooms are drawn coarser instead of filling the memory. */
const mostPixels = 16e6;

type Props = { pdf: Pdf; page: Page; marks: readonly Mark[]; scale: number };

/** One page of a PDF as it looks, its text for selecting, and the passages marked on it. `scale` is screen pixels a point. */
export const PdfSheet = memo(function PdfSheet({ pdf, page, marks, scale }: Props) {
  useLanguage();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    let gone = false;
    const timer = setTimeout(() => {
      load(pdf, page.number).then(
        (now) => !gone && setLoaded(now),
        () => !gone && setBroken(true),
      );
    }, settleMs);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [pdf, page.number]);
  const { width, height } = pdf.sizes.get(page.number) ?? pdf.sizes.get(1)!;
  return (
    <article
      className="paper"
      aria-label={t("Page {page}", { page: String(page.number) })}
      style={{ width: width * scale, height: height * scale, "--total-scale-factor": scale } as React.CSSProperties}
    >
      {loaded && <Picture proxy={loaded.proxy} scale={scale} onBroken={setBroken} />}
      {loaded && <Marks loaded={loaded} page={page} marks={marks} />}
      {loaded && (page.lines ? <RecognisedText page={page} width={width} height={height} /> : <SelectableText loaded={loaded} />)}
      {broken && <p className="no-text">{t("This page could not be drawn. Its text is in the text view.")}</p>}
    </article>
  );
});

type Loaded = { proxy: PDFPageProxy; content: TextContent };

async function load(pdf: Pdf, number: number): Promise<Loaded> {
  const proxy = await pdf.document.getPage(number);
  const { width, height } = proxy.getViewport({ scale: 1 });
  pdf.sizes.set(number, { width, height });
  return { proxy, content: await proxy.getTextContent() };
}

/** The drawn page. Drawing is given up when the page leaves; while it is drawn at another size the old picture is stretched. */
function Picture({ proxy, scale, onBroken }: { proxy: PDFPageProxy; scale: number; onBroken: (broken: boolean) => void }) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const canvas = document.createElement("canvas");
    let task: ReturnType<PDFPageProxy["render"]> | null = null;
    const draw = () => {
      const { width, height } = proxy.getViewport({ scale });
      const sharpness = Math.min(devicePixelRatio, Math.sqrt(mostPixels / (width * height)));
      const viewport = proxy.getViewport({ scale: scale * sharpness });
      canvas.width = Math.max(1, Math.round(viewport.width));
      canvas.height = Math.max(1, Math.round(viewport.height));
      task = proxy.render({ canvas, viewport });
      task.promise.then(
        () => {
          for (const old of holder.current?.querySelectorAll("canvas") ?? []) free(old);
          holder.current?.replaceChildren(canvas);
        },
        (error: unknown) => {
          free(canvas);
          if (!(error instanceof Error && error.name === "RenderingCancelledException")) onBroken(true);
        },
      );
    };
    const timer = setTimeout(draw, holder.current?.hasChildNodes() ? settleMs : 0);
    return () => {
      clearTimeout(timer);
      task?.cancel();
    };
  }, [proxy, scale, onBroken]);
  useEffect(() => {
    const box = holder.current;
    return () => {
      for (const canvas of box?.querySelectorAll("canvas") ?? []) free(canvas);
      proxy.cleanup();
    };
  }, [proxy]);
  return <div className="picture" ref={holder} aria-hidden="true" />;
}

/** Gives a canvas's memory back at once; garbage collection is in no hurry. */
function free(canvas: HTMLCanvasElement) {
  canvas.width = 0;
  canvas.height = 0;
}

/** pdf.js's own text over the picture, invisible, for selecting and for screen readers. */
function SelectableText({ loaded: { proxy, content } }: { loaded: Loaded }) {
  const layer = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const container = layer.current!;
    let cancel = () => {};
    let gone = false;
    void import("pdfjs-dist").then(({ TextLayer }) => {
      if (gone) return;
      const text = new TextLayer({ textContentSource: content, container, viewport: proxy.getViewport({ scale: 1 }) });
      cancel = () => text.cancel();
      text.render().catch(() => {});
    });
    return () => {
      gone = true;
      cancel();
      container.replaceChildren();
    };
  }, [proxy, content]);
  return <div className="text-layer" ref={layer} />;
}

/** The lines that were recognised, where they stand in the picture, as wide as they are there. */
function RecognisedText({ page, width, height }: { page: Page; width: number; height: number }) {
  const lines = useMemo(() => drawnLines(page.lines ?? [], width, height), [page.lines, width, height]);
  return (
    <svg className="recognised-text" viewBox={`0 0 ${width} ${height}`} role="presentation">
      {lines.map(({ str, width: length, height: size, transform: [, , , , x, y] }) => (
        <text key={`${x} ${y}`} x={x} y={y} fontSize={size} textLength={length} lengthAdjust="spacingAndGlyphs">
          {`${str}\n`}
        </text>
      ))}
    </svg>
  );
}

const brush = document.createElement("canvas").getContext("2d");
const measure: Measure = (text, family) => {
  if (!brush) return text.length;
  brush.font = `100px ${family}`;
  return brush.measureText(text).width;
};

/** The passages on this page. One that is not found among the drawn letters is shown by a line along the whole page. */
function Marks({ loaded: { proxy, content }, page, marks }: { loaded: Loaded; page: Page; marks: readonly Mark[] }) {
  const end = page.start + page.text.length;
  const here = useMemo(() => marks.filter((mark) => mark.start < end && mark.end > page.start), [marks, page.start, end]);
  const any = here.length > 0;
  const { width, height, transform } = useMemo(() => proxy.getViewport({ scale: 1 }), [proxy]);
  const drawn = useMemo(
    () => (page.lines ? drawnLines(page.lines, width, height) : content.items.filter((item): item is Drawn & typeof item => "str" in item)),
    [content, page.lines, width, height],
  );
  const located = useMemo(
    () =>
      any
        ? locate(
            page.text,
            drawn.map(({ str }) => str),
          )
        : [],
    [any, page.text, drawn],
  );
  const shapes = useMemo(
    () =>
      here.map((mark) => {
        const range = { start: mark.start - page.start, end: mark.end - page.start };
        const outlines = stretches(range, located).map((stretch) => {
          const item = drawn[stretch.item]!;
          if (page.lines) return quad(stretch, item, undefined, onScreen, measure);
          return quad(stretch, item, content.styles[(item as TextItem).fontName], transform, measure);
        });
        // What is drawn twice to look bold is marked once.
        const quads = [...new Set(outlines)];
        return { mark, quads: quads.length > 0 ? quads : [`2,0 6,0 6,${height} 2,${height}`] };
      }),
    [here, located, drawn, content, transform, height, page.start, page.lines],
  );
  if (!any) return null;
  return (
    <svg className="page-marks" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {shapes.map(({ mark, quads }) => (
        <g key={`${mark.kind}-${mark.start}-${mark.end}`} data-kind={mark.kind} data-current={mark.current}>
          {quads.map((points) => (
            <polygon key={points} points={points} />
          ))}
        </g>
      ))}
    </svg>
  );
}
