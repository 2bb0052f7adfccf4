/**
 * The prompt of a conversation as tokens. The documents come first and never move; nothing that changes precedes them, so that
 * every later turn begins with the same tokens and reads only what is new.
 *
 *     head | document 1 | document 2 ... | question 1 | turn | answer 1 | next | question 2 | turn
 */
import {
  type ChatHistoryItem,
  type ChatWrapper,
  GeneralChatWrapper,
  type LlamaModel,
  LlamaText,
  resolveChatWrapper,
  SpecialToken,
} from "node-llama-cpp";
import { EngineError } from "./errors.ts";
import { pieceEnd } from "./sentences.ts";

/** The chat template's tokens around what people and documents say. */
export type Template = {
  /** Before the first document: system prompt and the opening of the first message. */
  head: number[];
  /** Between a question and its answer. */
  turn: number[];
  /** Between an answer and the next question. */
  next: number[];
};

/** One past exchange; the answer is tokenised again from its text, so that the prompt depends on text alone. */
export type PastTurn = { question: string; answer: string };

/** A prompt and where its parts lie, as positions. */
export type Prompt = {
  tokens: number[];
  /** First position of each document, in order, and where the last one ends: documents.length + 1 numbers. */
  documentStarts: number[];
  /** The new question's own tokens are [questionStart, questionEnd); template follows. */
  questionStart: number;
  questionEnd: number;
  /** Ascending positions of the documents that always stay, because a person pinned them. */
  pinned: number[];
  /** Ascending positions at which documents, questions and answers end: the prompt is always read in pieces that end there. */
  stops: number[];
};

/** A passage that always stays: the characters [start, end) of the document with this index. */
export type Pin = { document: number; start: number; end: number };

const marks = {
  document: "\u27e6folio-document\u27e7",
  first: "\u27e6folio-first\u27e7",
  answer: "\u27e6folio-answer\u27e7",
  second: "\u27e6folio-second\u27e7",
};

/** Renders the model's own chat template once around placeholders and takes it apart at them. */
export function readTemplate(model: LlamaModel, systemPrompt: string): Template {
  const wrapper = resolveChatWrapper(model, { warningLogs: false }) ?? new GeneralChatWrapper();
  const history: ChatHistoryItem[] = [
    ...wrapper.generateInitialChatHistory({ systemPrompt }),
    { type: "user", text: marks.document + marks.first },
    { type: "model", response: [marks.answer] },
    { type: "user", text: marks.second },
    { type: "model", response: [""] },
  ];
  const [head, between, turn, next] = splitAtMarks(wrapper, history);
  if (head === undefined || between === undefined || turn === undefined || next === undefined) {
    throw new EngineError("bad-model", "This model's chat template could not be read: choose another model.");
  }
  // Chat wrappers always begin with BOS; a model that wants none says so in its file.
  const unwanted = model.tokens.shouldPrependBosToken ? null : "BOS";
  const tokens = (text: LlamaText) =>
    LlamaText(text.values.filter((value) => !(value instanceof SpecialToken && value.value === unwanted))).tokenize(model.tokenizer);
  return { head: tokens(head), turn: tokens(turn), next: tokens(next) };
}

function splitAtMarks(wrapper: ChatWrapper, history: ChatHistoryItem[]): LlamaText[] {
  const order = [marks.document, marks.first, marks.answer, marks.second];
  const parts: LlamaText[] = [];
  let current: LlamaText = LlamaText([]);
  for (const value of wrapper.generateContextState({ chatHistory: history }).contextText.values) {
    if (typeof value !== "string") {
      current = current.concat(value);
      continue;
    }
    let rest = value;
    for (let at = rest.indexOf(order[parts.length]!); parts.length < order.length && at >= 0; at = rest.indexOf(order[parts.length]!)) {
      parts.push(current.concat(rest.slice(0, at)));
      rest = rest.slice(at + order[parts.length - 1]!.length);
      current = LlamaText([]);
    }
    if (rest !== "") current = current.concat(rest);
  }
  return parts;
}

/** A text's tokens, and where each of its slices begins in the text and in the tokens, so that a token can be found in the text again. */
export type TokenizedText = { text: string; tokens: number[]; slices: { character: number; token: number }[] };

/** Characters tokenised at once: a few milliseconds, since the tokenizer blocks its thread. */
const sliceCharacters = 8_000;

/** Document text to tokens with special tokens off: what looks like a template's token in a document stays text. */
export async function tokenizeDocument(model: LlamaModel, text: string, signal?: AbortSignal): Promise<TokenizedText> {
  const tokens: number[] = [];
  const slices: TokenizedText["slices"] = [];
  for (let start = 0; start < text.length; ) {
    signal?.throwIfAborted();
    const end = pieceEnd(text, start, sliceCharacters);
    slices.push({ character: start, token: tokens.length });
    for (const token of model.tokenize(text.slice(start, end), false, start > 0 ? "trimLeadingSpace" : undefined)) tokens.push(token);
    start = end;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return { text, tokens, slices };
}

/** Puts a conversation and its new question together. */
export function buildPrompt(
  model: LlamaModel,
  template: Template,
  documents: readonly TokenizedText[],
  history: readonly PastTurn[],
  question: string,
  pins: readonly Pin[] = [],
): Prompt {
  const text = (words: string) => model.tokenize(words, false);
  const tokens = [...template.head];
  const documentStarts: number[] = [];
  const stops: number[] = [];
  for (const document of documents) {
    documentStarts.push(tokens.length);
    append(tokens, document.tokens, text("\n\n"));
    stops.push(tokens.length);
  }
  documentStarts.push(tokens.length);
  for (const past of history) {
    append(tokens, text(past.question.trim()), template.turn);
    stops.push(tokens.length);
    append(tokens, text(past.answer.trim()), template.next);
    stops.push(tokens.length);
  }
  const questionStart = tokens.length;
  append(tokens, text(question.trim()));
  const questionEnd = tokens.length;
  append(tokens, template.turn);
  return { tokens, documentStarts, questionStart, questionEnd, pinned: pinnedPositions(model, documents, documentStarts, pins), stops };
}

function pinnedPositions(
  model: LlamaModel,
  documents: readonly TokenizedText[],
  documentStarts: readonly number[],
  pins: readonly Pin[],
): number[] {
  const pinned = new Set<number>();
  for (const { document, start, end } of pins) {
    const { from, to } = tokensOfCharacters(model, documents[document]!, start, end);
    for (let token = from; token < to; token++) pinned.add(documentStarts[document]! + token);
  }
  return [...pinned].sort((a, b) => a - b);
}

/** Spreading a whole document into push() would overflow the stack. */
function append(target: number[], ...parts: readonly number[][]): void {
  for (const part of parts) for (const token of part) target.push(token);
}

/**
 * The characters [start, end) of `document.text` that the tokens [from, to) stand for. Tokens are decoded from the start of their
 * slice; bytes of one character may be spread over several tokens.
 */
export function charactersOfTokens(model: LlamaModel, document: TokenizedText, from: number, to: number): { start: number; end: number } {
  return {
    start: characterOfToken(model, document, from),
    end: to >= document.tokens.length ? document.text.length : characterOfToken(model, document, to),
  };
}

/** The tokens [from, to) in which the characters [start, end) are; those at both ends may hold some more. */
export function tokensOfCharacters(model: LlamaModel, document: TokenizedText, start: number, end: number): { from: number; to: number } {
  /** The first token that begins at a character or behind it. */
  const firstAt = (character: number): number => {
    let low = 0;
    let high = document.tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (characterOfToken(model, document, middle) < character) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { from: Math.max(0, firstAt(start + 1) - 1), to: firstAt(end) };
}

function characterOfToken(model: LlamaModel, { text, tokens, slices }: TokenizedText, token: number): number {
  const slice = slices.findLast(({ token: first }) => first <= token);
  if (slice === undefined) return 0;
  const before = model.detokenize(tokens.slice(slice.token, token) as never[], false);
  // A token that ends inside a character decodes to a replacement sign; the character belongs to the token that follows.
  const whole = before.replace(/\ufffd+$/, "");
  const expected = slice.character + whole.length;
  // Tokenizers that add or drop a leading space shift the slice by one character.
  for (const shift of [0, 1, -1]) {
    const at = expected + shift;
    if (text.slice(Math.max(slice.character, at - 8), at) === whole.slice(-Math.min(8, at - slice.character))) return at;
  }
  return Math.min(text.length, expected);
}
