/** What people do without compression: shorten the text before it is read, to as many tokens as a compressed cache would keep. */

type CountTokens = (text: string) => number;

/** The text's beginning and end, half of the tokens each, cut at words. */
export function truncate(text: string, _question: string, tokens: number, countTokens: CountTokens): string {
  const words = text.split(/(?<=\s)/);
  const lengths = words.map((word) => countTokens(word));
  let [first, last, left] = [0, words.length, tokens];
  for (let front = true; first < last; front = !front) {
    const cost = front ? lengths[first]! : lengths[last - 1]!;
    if (cost > left) break;
    left -= cost;
    if (front) first++;
    else last--;
  }
  return `${words.slice(0, first).join("")}\n${words.slice(last).join("")}`;
}

/** Tokens of a passage, about a sentence or two; BM25's usual constants. */
const passageTokens = 40;
const k1 = 1.2;
const b = 0.75;

/** The passages that share the question's words (Okapi BM25), best first until the tokens are spent, put back into the text's order. */
export function retrieve(text: string, question: string, tokens: number, countTokens: CountTokens): string {
  const passages = passagesOf(text, countTokens).map((passage) => ({ ...passage, words: wordsOf(passage.text) }));
  const meanLength = passages.reduce((sum, { words }) => sum + words.length, 0) / passages.length;
  const terms = [...new Set(wordsOf(question))];
  const holding = terms.map((term) => passages.filter(({ words }) => words.includes(term)).length);
  const scored = passages.map((passage, order) => {
    const score = terms.reduce((sum, term, i) => {
      const frequency = passage.words.filter((word) => word === term).length;
      const rarity = Math.log(1 + (passages.length - holding[i]! + 0.5) / (holding[i]! + 0.5));
      return sum + (rarity * frequency * (k1 + 1)) / (frequency + k1 * (1 - b + (b * passage.words.length) / meanLength));
    }, 0);
    return { ...passage, order, score };
  });
  let left = tokens;
  const taken = scored
    .sort((x, y) => y.score - x.score || x.order - y.order)
    .filter(({ tokens: cost }) => {
      if (cost > left) return false;
      left -= cost;
      return true;
    });
  return taken
    .sort((x, y) => x.order - y.order)
    .map((passage) => passage.text.trim())
    .join("\n");
}

function passagesOf(text: string, countTokens: CountTokens): { text: string; tokens: number }[] {
  const passages: { text: string; tokens: number }[] = [];
  for (const sentence of text.split(/(?<=[.!?]["')]?\s+)/)) {
    const tokens = countTokens(sentence);
    const last = passages.at(-1);
    if (last && last.tokens + tokens <= passageTokens) {
      last.text += sentence;
      last.tokens += tokens;
    } else passages.push({ text: sentence, tokens });
  }
  return passages;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
