/** Text files as programs of many countries write them. */
import { expect, test } from "vitest";
import { decodeText } from "../../../main/documents/encoding.ts";

/** Writes a text as an old program would: every letter by the bytes that are read as it. */
function encode(label: string, text: string): Uint8Array {
  const decoder = new TextDecoder(label, { fatal: true });
  const bytes = new Map<string, number[]>();
  const learn = (code: number[]) => {
    try {
      const letter = decoder.decode(new Uint8Array(code));
      if ([...letter].length === 1 && !bytes.has(letter)) bytes.set(letter, code);
    } catch {
      // No letter has this code.
    }
  };
  for (let first = 0; first < 256; first++) learn([first]);
  for (let first = 0x81; first < 255; first++) for (let second = 0x40; second < 255; second++) learn([first, second]);
  return new Uint8Array([...text].flatMap((letter) => bytes.get(letter)!));
}

test.each([
  ["windows-1252", "Größe und Müßiggang, café à la crème; “señor” Ærø, l’été"],
  ["windows-1250", "Zażółć gęślą jaźń. Przedmiotem umowy jest wynajem, właściciel zobowiązuje się płacić."],
  ["windows-1251", "Арендатор обязуется вносить плату за каждый месяц; Договор № 4 от 2024 года."],
  ["koi8-r", "Арендатор обязуется вносить плату за каждый месяц. Договор от 2024 года."],
  ["windows-1253", "Η σύμβαση μίσθωσης λήγει τον Μάρτιο. Ο μισθωτής πληρώνει κάθε μήνα."],
  ["windows-1255", "חוזה השכירות מסתיים בחודש מרץ והשוכר משלם בכל חודש."],
  ["windows-1256", "ينتهي عقد الإيجار في شهر مارس ويدفع المستأجر كل شهر."],
  ["shift_jis", "これは日本語の文書です。契約は二〇二四年に締結されました。"],
  ["euc-jp", "これは日本語の文書です。契約は二千二十四年に締結されました。"],
  ["euc-kr", "임대차 계약은 삼월에 끝나고 임차인은 매달 돈을 낸다."],
  ["gb18030", "本合同由甲乙双方于二零二四年签订，租金为每月三千元，一年不得上调。"],
  ["big5", "本合約由甲乙雙方於二零二四年簽訂，租金為每月三千元，一年不得上調。"],
])("%s is recognised, and told", (label, text) => {
  const table = `Name;Value\r\n${text}\r\n`.repeat(3);
  const decoded = decodeText("a.txt", encode(label, table));
  expect(decoded.text).toBe(table);
  expect(decoded.notes).toHaveLength(1);
});

test("a guess is made from the letters of the text, however late the first of them comes", () => {
  const table = `${"Name;Value of the harbour\r\n".repeat(4000)}Café;Größe und Müßiggang, señor\r\n`;
  expect(decodeText("a.csv", encode("windows-1252", table)).text).toBe(table);
});

test("UTF-16 without a byte order mark is recognised by its zeros; other zeros are no text", () => {
  const text = "Ships of up to forty metres can lie at the east quay.\n";
  expect(decodeText("a.txt", Buffer.from(text, "utf16le")).text).toBe(text);
  expect(decodeText("a.txt", Buffer.from(text, "utf16le").swap16()).text).toBe(text);
  expect(() => decodeText("a.txt", Buffer.from("ab\0cd\0\0ef"))).toThrow(expect.objectContaining({ code: "document-unsupported" }));
});
