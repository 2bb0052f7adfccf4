/** The smallest PDF writer that the tests need: Helvetica or Courier text at given places, images, form fields. */

export type PageSource = { content: string; resources?: string; annotations?: string[]; jpeg?: Jpeg };
export type Jpeg = { bytes: Uint8Array; width: number; height: number };

/** A page that is one picture, as scanners make them. */
export const picturePage = (jpeg: Jpeg): PageSource => ({ content: "q 600 0 0 800 0 0 cm /Im Do Q", jpeg });

/** Text with its baseline's left end at x, y (points from the page's lower left corner). */
export function textAt(x: number, y: number, text: string, { size = 10, font = "F1" } = {}): string {
  return `BT /${font} ${size} Tf 1 0 0 1 ${x} ${y} Tm (${text.replace(/[\\()]/g, "\\$&")}) Tj ET\n`;
}

/** Lines below each other, 12 points apart. */
export function lines(x: number, y: number, texts: string[], options?: { size?: number; font?: string }): string {
  return texts.map((text, i) => textAt(x, y - 12 * i, text, options)).join("");
}

/** A page that shows a picture and nothing else, as scanners make them. */
export const scannedPage: PageSource = {
  content: "q 500 0 0 700 50 50 cm /Im Do Q",
  resources: "/XObject << /Im 4 0 R >>",
};

/** `catalog` holds further entries of the document as a whole. */
export function makePdf(pages: PageSource[], catalog = ""): Uint8Array {
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    "",
    "<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> /F2 << /Type /Font /Subtype /Type1 /BaseFont /Courier >> >>",
    stream("/Type /XObject /Subtype /Image /Width 2 /Height 2 /BitsPerComponent 8 /ColorSpace /DeviceGray", "\x00\xff\xff\x00"),
  ];
  const kids = pages.map((page) => {
    const content = objects.push(stream("", page.content));
    const annotations = (page.annotations ?? []).map((annotation) => `${objects.push(annotation)} 0 R`);
    const picture = page.jpeg ? `/XObject << /Im ${objects.push(jpegStream(page.jpeg))} 0 R >>` : "";
    const resources = `<< /Font 3 0 R ${page.resources ?? ""} ${picture} >>`;
    return `${objects.push(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources ${resources} /Contents ${content} 0 R /Annots [${annotations.join(" ")}] >>`)} 0 R`;
  });
  objects[1] = `<< /Type /Pages /Count ${kids.length} /Kids [${kids.join(" ")}] >>`;
  let file = "%PDF-1.7\n";
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join("")}`;
  file += `${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Uint8Array.from(file, (char) => char.charCodeAt(0));
}

function jpegStream({ bytes, width, height }: Jpeg): string {
  const data = Buffer.from(bytes).toString("latin1");
  return stream(
    `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /DCTDecode`,
    data,
  );
}

export function stream(dictionary: string, data: string): string {
  return `<< ${dictionary} /Length ${data.length} >>\nstream\n${data}\nendstream`;
}
