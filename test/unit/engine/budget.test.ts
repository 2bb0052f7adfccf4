import { describe, expect, it } from "vitest";
import { errorAwareBudgets, evenBudgets, pyramidBudgets } from "../../../main/engine/budget.ts";
import { mulberry32 } from "../../../main/engine/policies/random.ts";

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

describe("error-aware budgets (CompressKV)", () => {
  it("follows the paper's arithmetic by hand", () => {
    // 2 layers, mean 64: 32 each, 64 to share by 0.75 : 0.25.
    expect(errorAwareBudgets(64, [0.75, 0.25])).toEqual([80, 48]);
  });

  it("clips to three times the mean and mends the sum by importance", () => {
    // Layer 0 would get 32 + 320 = 352 of 5 * 64 + ...; its cap is 300, the missing tokens go to the most important others.
    const budgets = errorAwareBudgets(100, [1, 0, 0, 0, 0]);
    expect(budgets).toEqual([300, 50, 50, 50, 50]);
  });

  it("keeps the sum exact and every layer within [32, 3B] for many budgets and errors", () => {
    const next = mulberry32(7);
    for (let round = 0; round < 500; round++) {
      const layers = 1 + Math.floor(next() * 40);
      const mean = 1 + Math.floor(next() * 600);
      const errors = Array.from({ length: layers }, () => next() ** 4);
      const budgets = errorAwareBudgets(mean, errors);
      expect(sum(budgets)).toBe(mean * layers);
      expect(Math.min(...budgets)).toBeGreaterThanOrEqual(Math.min(32, mean));
      expect(Math.max(...budgets)).toBeLessThanOrEqual(Math.max(32, 3 * mean));
    }
  });

  it("shares evenly when no layer was measured to lose anything", () => {
    expect(errorAwareBudgets(64, [0, 0, 0])).toEqual([64, 64, 64]);
  });
});

describe("pyramid budgets", () => {
  it("falls linearly and keeps the sum", () => {
    const budgets = pyramidBudgets(128, 30);
    expect(sum(budgets)).toBe(128 * 30);
    for (let i = 1; i < budgets.length; i++) expect(budgets[i]!).toBeLessThanOrEqual(budgets[i - 1]!);
    expect(budgets[29]).toBe(6);
  });

  it("gives a single layer everything", () => {
    expect(pyramidBudgets(50, 1)).toEqual([50]);
  });
});

it("even budgets are even", () => {
  expect(evenBudgets(7, 3)).toEqual([7, 7, 7]);
});
