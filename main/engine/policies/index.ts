import type { PolicyName } from "../../../preload/api.ts";
import { compresskv } from "./compresskv.ts";
import { full } from "./full.ts";
import { keydiff } from "./keydiff.ts";
import { phrase } from "./phrase.ts";
import type { Policy } from "./policy.ts";
import { pyramidkv } from "./pyramidkv.ts";
import { random } from "./random.ts";
import { snapkv } from "./snapkv.ts";
import { streaming } from "./streaming.ts";

/** Every policy by its name. */
export const policies: Record<PolicyName, Policy> = { full, streaming, random, snapkv, pyramidkv, compresskv, phrase, keydiff };
