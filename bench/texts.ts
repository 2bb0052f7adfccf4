/** The benches' texts: essays of our own, joined to any length, and facts planted in them by a seeded generator. */
import { readdirSync, readFileSync } from "node:fs";
import { mulberry32 } from "../main/engine/policies/random.ts";

/** `tuning` may be looked at while a policy is made, `reported` only to report; calibration has texts of its own. */
export type Split = "tuning" | "reported";

export type Fact = {
  /** Where several sentences belong to one question, they stand in different places. */
  sentences: string[];
  question: string;
  /** What the answer must contain, all of them. */
  values: string[];
};

export type PlantedText = { name: string; text: string; facts: Fact[] };

/**
 * `number`: "The special magic number for Springfield is 4821."; `mixed`: codes, people, places and days too; `long`: sentences of twice
 * the length, the number before or far behind the words that are asked for; `values`: two numbers for each place, in different sentences.
 */
export type FactKind = "number" | "mixed" | "long" | "values";

/** Every essay of a split, whole, in order of its name. */
export function essays(split: Split): { name: string; text: string }[] {
  const folder = new URL(`./data/${split}/`, import.meta.url);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".txt"))
    .sort()
    .map((name) => ({ name: name.slice(0, -".txt".length), text: readFileSync(new URL(name, folder), "utf8").trim() }));
}

/**
 * A text of about `tokens` tokens, joined from a split's essays in seeded order and cut at a sentence's end, with `count` facts planted at
 * sentence ends, spread over its whole length.
 */
export function plantedText(
  split: Split,
  seed: number,
  options: { tokens: number; count: number; kind: FactKind; countTokens(text: string): number },
): PlantedText {
  const random = mulberry32(seed);
  const facts = makeFacts(random, options.count, options.kind);
  const all = facts.flatMap((fact) => fact.sentences);
  // The values of one fact stand apart.
  const planted = options.kind === "values" ? shuffled(all, random) : all;
  const sentences = joinedSentences(split, random, options.tokens - planted.length * 20, options.countTokens);
  // One in each equal part of the text, anywhere in that part.
  const places = planted.map((_, i) => Math.floor(((i + random()) / planted.length) * sentences.length));
  return { name: `${split}-${seed}-${options.kind}`, text: plant(sentences, planted, places), facts };
}

/** A text of about `tokens` tokens with one number planted at a depth, from 0 (the beginning) to 1. */
export function needleText(
  split: Split,
  seed: number,
  { tokens, depth, countTokens }: { tokens: number; depth: number; countTokens(text: string): number },
): { text: string; fact: Fact } {
  const random = mulberry32(seed);
  const [fact] = makeFacts(random, 1, "number");
  const sentences = joinedSentences(split, random, tokens - 20, countTokens);
  return { text: plant(sentences, fact!.sentences, [Math.floor(depth * sentences.length)]), fact: fact! };
}

/** Puts each planted sentence behind the sentence of its place. */
function plant(sentences: readonly string[], planted: readonly string[], places: readonly number[]): string {
  return sentences
    .map((sentence, i) => [sentence, ...planted.filter((_, f) => places[f] === i).map((fact) => `${fact} `)].join(""))
    .join("")
    .trim();
}

/** Sentences with the space that follows each, from essays in seeded order, until there are `tokens` tokens. */
function joinedSentences(split: Split, random: () => number, tokens: number, countTokens: (text: string) => number): string[] {
  const texts = shuffled(essays(split), random);
  const sentences: string[] = [];
  let length = 0;
  for (let i = 0; length < tokens; i++) {
    for (const sentence of `${texts[i % texts.length]!.text}\n\n`.match(/[^.!?]*[.!?]+["')]*\s+|[^.!?]+\s+/g) ?? []) {
      // A full stop inside a number or after a capital letter ends no sentence.
      if (sentences.length > 0 && /(\b[A-Z]|\b(Mr|Mrs|Ms|Dr|St))\.\s+$/.test(sentences.at(-1)!))
        sentences[sentences.length - 1] += sentence;
      else sentences.push(sentence);
      length += countTokens(sentence);
      if (length >= tokens) break;
    }
  }
  return sentences;
}

const cities =
  "Springfield Lisbon Toronto Nairobi Oslo Kyoto Denver Geneva Havana Dublin Madrid Seattle Boston Vienna Cairo Lima Prague Athens Phoenix Brisbane Warsaw Austin Manila Portland Jakarta Helsinki Bristol Zurich Chicago Santiago".split(
    " ",
  );
const firstNames =
  "Amara Boris Celia Dario Edith Farid Greta Hugo Irina Jorge Keiko Lucas Marta Nadia Oscar Petra Rafael Sonja Tariq Vera".split(" ");
const lastNames =
  "Aldridge Bianchi Castillo Drummond Eriksen Fontaine Goldberg Haddad Ivanova Jensen Kowalski Larsen Moretti Nakamura Obi Petrov".split(
    " ",
  );
const things = [
  "the blue cabinet",
  "the north gate",
  "the old archive",
  "the boat house",
  "the server room",
  "the wine cellar",
  "the second vault",
  "the garden shed",
];
const jobs = [
  "the water tower",
  "the annual report",
  "the school choir",
  "the harbour lights",
  "the chess club",
  "the rose garden",
  "the spare keys",
  "the night shift",
];
const groups = [
  "the rowing club",
  "the book circle",
  "the parents' council",
  "the stamp collectors",
  "the film society",
  "the debating team",
];
const rooms = [
  "the green hall",
  "the railway hotel",
  "the bakery on Elm Street",
  "the museum cafe",
  "the old chapel",
  "the sports pavilion",
];
const events = ["the harvest fair", "the boat race", "the winter concert", "the science fair", "the charity auction", "the kite festival"];
const months = "January February March April May June July August September October November December".split(" ");
const letters = "ABCDEFGHJKLMNPRSTUVWXYZ";

function makeFacts(random: () => number, count: number, kind: FactKind): Fact[] {
  const int = (from: number, to: number) => from + Math.floor(random() * (to - from));
  const letter = () => letters[int(0, letters.length)]!;
  const pools = new Map<readonly string[], string[]>();
  // Without replacement: two facts of one text never share a name.
  const pick = (from: readonly string[]) => {
    if (!pools.get(from)?.length) pools.set(from, shuffled(from, random));
    return pools.get(from)!.pop()!;
  };
  const shapes: (() => Fact)[] = [
    () => {
      const [city, value] = [pick(cities), String(int(1000, 10_000))];
      return {
        sentences: [`The special magic number for ${city} is ${value}.`],
        question: `What is the special magic number for ${city}?`,
        values: [value],
      };
    },
    () => {
      const [thing, value] = [pick(things), `${letter()}${letter()}-${int(10, 100)}`];
      return {
        sentences: [`The access code for ${thing} is ${value}.`],
        question: `What is the access code for ${thing}?`,
        values: [value],
      };
    },
    () => {
      const [job, value] = [pick(jobs), `${pick(firstNames)} ${pick(lastNames)}`];
      return { sentences: [`The person responsible for ${job} is ${value}.`], question: `Who is responsible for ${job}?`, values: [value] };
    },
    () => {
      const [group, value] = [pick(groups), pick(rooms)];
      return {
        sentences: [`The next meeting of ${group} will take place in ${value}.`],
        question: `Where will the next meeting of ${group} take place?`,
        values: [value],
      };
    },
    () => {
      const [event, value] = [pick(events), `${int(1, 29)} ${pick(months)}`];
      return { sentences: [`This year ${event} was held on ${value}.`], question: `When was ${event} held this year?`, values: [value] };
    },
  ];
  const number = (sentence: (city: string, value: string) => string) => () => {
    const [city, value] = [pick(cities), String(int(1000, 10_000))];
    return { sentences: [sentence(city, value)], question: `What is the special magic number for ${city}?`, values: [value] };
  };
  const longShapes = [
    number(
      (city, value) => `As the clerk wrote down that evening, ${value} is the special magic number for ${city}, and it was never changed.`,
    ),
    number((city, value) => `The special magic number for ${city}, which was read out twice so that everybody could hear it, is ${value}.`),
    number((city, value) => `When somebody asked about ${city}, the answer was that its special magic number had always been ${value}.`),
  ];
  const twoValues = () => {
    const city = pick(cities);
    const values = [String(int(1000, 10_000)), String(int(1000, 10_000))];
    return {
      sentences: values.map((value) => `One of the two special magic numbers for ${city} is ${value}.`),
      question: `What are the two special magic numbers for ${city}?`,
      values,
    };
  };
  const shapesOf = { number: [shapes[0]!], mixed: shapes, long: longShapes, values: [twoValues] }[kind];
  const chosen = Array.from({ length: count }, (_, i) => shapesOf[i % shapesOf.length]!);
  return shuffled(chosen, random).map((shape) => shape());
}

/** Whether an answer says all of the fact's values: as whole words, case and thousands separators aside. */
export function isRight(answer: string, fact: Fact): boolean {
  return fact.values.every((value) => said(value).test(answer));
}

/** Where an answer that is right begins to say what was asked for, in characters. */
export function factAt(answer: string, fact: Fact): number {
  return Math.min(...fact.values.map((value) => answer.search(said(value))));
}

function said(value: string): RegExp {
  const characters = [...value.replace(/^the /, "")].map((character) => character.replace(/[.*+?^${}()|[\]\\]/, "\\$&"));
  return new RegExp(`(?<![\\w-])${characters.join(",?")}(?![\\w-])`, "i");
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
