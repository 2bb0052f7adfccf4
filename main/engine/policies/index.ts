import type { PolicyName } from "../../../preload/api.ts";
import { composite } from "./composite.ts";
import { compresskv } from "./compresskv.ts";
import { full } from "./full.ts";
import { keydiff } from "./keydiff.ts";
import { kvcrush } from "./kvcrush.ts";
import { phrase } from "./phrase.ts";
import type { Policy } from "./policy.ts";
import { pyramidkv } from "./pyramidkv.ts";
import { random } from "./random.ts";
import { shared } from "./shared.ts";
import { snapkv } from "./snapkv.ts";
import { streaming } from "./streaming.ts";

/** Every policy by its name. */
export const policies: Record<PolicyName, Policy> = {
  full,
  streaming,
  random,
  snapkv,
  pyramidkv,
  compresskv,
  phrase,
  shared,
  composite,
  kvcrush,
  keydiff,
};
