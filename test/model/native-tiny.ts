/** Tiny models with random weights, one for each architecture that the native tests look at. */
import type { GgufTensor, GgufValue } from "../gguf.ts";
import { randomWeights, tinyVocabulary, writeGguf } from "../gguf.ts";

export const tiny = { layers: 3, heads: 4, kvHeads: 2, headSize: 64, width: 64, ffn: 96, context: 2048 } as const;

export type TinyArchitecture = "llama" | "mistral3" | "qwen2" | "qwen3" | "phi3" | Windowed | "mamba" | "deepseek2";

/** Those in which some layers have a sliding window, of 64 tokens here. */
export type Windowed = "gemma2" | "gemma3" | "cohere2" | "gpt-oss";

/** What a test changes in the weights before they are written. */
export type TinyOptions = {
  layers?: number;
  change?: (tensor: GgufTensor) => void;
  /** Layers with a sliding window, instead of the architecture's own choice. */
  windows?: boolean[];
  /** Other rope factors in contexts of more positions than this, as in long-context versions of Phi 3. */
  longFrom?: number;
};

/** Writes the model and returns its tensors by name. Weights are the same in every run; attention is peaked, not flat. */
export function writeTinyModel(file: string, architecture: TinyArchitecture, options: TinyOptions = {}): Map<string, GgufTensor> {
  const layers = options.layers ?? tiny.layers;
  const vocabulary = tinyVocabulary();
  const tensors = outerTensors(architecture, (vocabulary["tokenizer.ggml.tokens"] as string[]).length);
  if (options.longFrom !== undefined) {
    for (const name of ["rope_factors_long.weight", "rope_factors_short.weight"])
      tensors.push({ name, dims: [tiny.width / tiny.heads / 2] });
  }
  for (let layer = 0; layer < layers; layer++) {
    for (const tensor of layerTensors(architecture)) tensors.push({ ...tensor, name: `blk.${layer}.${tensor.name}` });
  }

  const written = tensors.map(({ name, dims }, index): GgufTensor => {
    const length = dims.reduce((product, size) => product * size, 1);
    const isVector = dims.length === 1 && name.endsWith(".weight");
    const data = isVector ? new Float32Array(length).fill(1) : randomWeights(length, scaleOf(name, dims), 1000 + index);
    return { name, dims, data };
  });
  for (const tensor of written) options.change?.(tensor);

  const values = {
    ...metadata(architecture, layers),
    ...(options.windows && { "attention.sliding_window_pattern": Int32Array.from(options.windows, Number) }),
    ...(options.longFrom !== undefined && { "rope.scaling.original_context_length": options.longFrom }),
  };
  const own = Object.entries(values).map(([key, value]) => [`${architecture}.${key}`, value] as const);
  writeGguf(file, { "general.architecture": architecture, ...Object.fromEntries(own), ...vocabulary }, written);
  return new Map(written.map((tensor) => [tensor.name, tensor]));
}

type Shape = { name: string; dims: number[] };

function scaleOf(name: string, dims: number[]): number {
  if (name.endsWith("ssm_a")) return 0.1;
  const sharper = /attn_[qk]\.weight|attn_qkv/.test(name) ? 1.5 : 1;
  return dims.length === 1 ? 0.1 : sharper / Math.sqrt(dims[0]!);
}

function outerTensors(architecture: TinyArchitecture, tokens: number): Shape[] {
  const output = { name: "output.weight", dims: [tiny.width, tokens] };
  return [
    { name: "token_embd.weight", dims: [tiny.width, tokens] },
    { name: "output_norm.weight", dims: [tiny.width] },
    // these two use the embeddings again
    ...(architecture === "gemma2" || architecture === "cohere2" ? [] : [output]),
  ];
}

function layerTensors(architecture: TinyArchitecture): Shape[] {
  const { width, ffn } = tiny;
  const q = tiny.heads * tiny.headSize;
  const kv = tiny.kvHeads * tiny.headSize;
  const norms = [
    { name: "attn_norm.weight", dims: [width] },
    { name: "ffn_norm.weight", dims: [width] },
  ];
  const attention = [
    { name: "attn_q.weight", dims: [width, q] },
    { name: "attn_k.weight", dims: [width, kv] },
    { name: "attn_v.weight", dims: [width, kv] },
    { name: "attn_output.weight", dims: [q, width] },
  ];
  const feedForward = [
    { name: "ffn_gate.weight", dims: [width, ffn] },
    { name: "ffn_up.weight", dims: [width, ffn] },
    { name: "ffn_down.weight", dims: [ffn, width] },
  ];
  const headNorms = [
    { name: "attn_q_norm.weight", dims: [tiny.headSize] },
    { name: "attn_k_norm.weight", dims: [tiny.headSize] },
  ];

  switch (architecture) {
    case "llama":
    case "mistral3":
      return [...norms, ...attention, ...feedForward];
    case "qwen2": // heads share the model's width
      return [
        ...norms,
        { name: "attn_q.weight", dims: [width, width] },
        { name: "attn_k.weight", dims: [width, width / 2] },
        { name: "attn_v.weight", dims: [width, width / 2] },
        { name: "attn_q.bias", dims: [width] },
        { name: "attn_k.bias", dims: [width / 2] },
        { name: "attn_v.bias", dims: [width / 2] },
        { name: "attn_output.weight", dims: [width, width] },
        ...feedForward,
      ];
    case "qwen3":
      return [...norms, ...attention, ...headNorms, ...feedForward];
    case "phi3": // the same, and queries, keys and values in one
      return [
        ...norms,
        { name: "attn_qkv.weight", dims: [width, width * 2] },
        { name: "attn_output.weight", dims: [width, width] },
        { name: "ffn_up.weight", dims: [width, 2 * ffn] },
        { name: "ffn_down.weight", dims: [ffn, width] },
      ];
    case "gemma2":
    case "gemma3":
      return [
        ...norms,
        { name: "post_attention_norm.weight", dims: [width] },
        { name: "post_ffw_norm.weight", dims: [width] },
        ...attention,
        ...(architecture === "gemma3" ? headNorms : []),
        ...feedForward,
      ];
    case "cohere2": // heads share the model's width
      return [
        { name: "attn_norm.weight", dims: [width] },
        { name: "attn_q.weight", dims: [width, width] },
        { name: "attn_k.weight", dims: [width, width / 2] },
        { name: "attn_v.weight", dims: [width, width / 2] },
        { name: "attn_output.weight", dims: [width, width] },
        ...feedForward,
      ];
    case "gpt-oss":
      return [
        { name: "attn_norm.weight", dims: [width] },
        { name: "post_attention_norm.weight", dims: [width] },
        ...attention,
        { name: "attn_q.bias", dims: [q] },
        { name: "attn_k.bias", dims: [kv] },
        { name: "attn_v.bias", dims: [kv] },
        { name: "attn_output.bias", dims: [width] },
        { name: "attn_sinks.weight", dims: [tiny.heads] },
        { name: "ffn_gate_inp.weight", dims: [width, experts] },
        { name: "ffn_gate_inp.bias", dims: [experts] },
        ...["gate", "up"].flatMap((name) => [
          { name: `ffn_${name}_exps.weight`, dims: [width, ffn, experts] },
          { name: `ffn_${name}_exps.bias`, dims: [ffn, experts] },
        ]),
        { name: "ffn_down_exps.weight", dims: [ffn, width, experts] },
        { name: "ffn_down_exps.bias", dims: [width, experts] },
      ];
    case "mamba":
      return [
        { name: "attn_norm.weight", dims: [width] },
        { name: "ssm_in.weight", dims: [width, 4 * width] },
        { name: "ssm_conv1d.weight", dims: [4, 2 * width] },
        { name: "ssm_conv1d.bias", dims: [2 * width] },
        { name: "ssm_x.weight", dims: [2 * width, 4 + 2 * 16] },
        { name: "ssm_dt.weight", dims: [4, 2 * width] },
        { name: "ssm_dt.bias", dims: [2 * width] },
        { name: "ssm_a", dims: [16, 2 * width] },
        { name: "ssm_d", dims: [2 * width] },
        { name: "ssm_out.weight", dims: [2 * width, width] },
      ];
    case "deepseek2":
      return [
        ...norms,
        { name: "attn_q_a_norm.weight", dims: [mla.rankQ] },
        { name: "attn_kv_a_norm.weight", dims: [mla.rankKv] },
        { name: "attn_q_a.weight", dims: [width, mla.rankQ] },
        { name: "attn_q_b.weight", dims: [mla.rankQ, tiny.heads * (mla.head + mla.rope)] },
        { name: "attn_kv_a_mqa.weight", dims: [width, mla.rankKv + mla.rope] },
        { name: "attn_k_b.weight", dims: [mla.head, mla.rankKv, tiny.heads] },
        { name: "attn_v_b.weight", dims: [mla.rankKv, mla.head, tiny.heads] },
        { name: "attn_output.weight", dims: [tiny.heads * mla.head, width] },
        ...feedForward,
      ];
    default:
      return architecture satisfies never;
  }
}

const experts = 2;

/** Sizes of latent attention. */
const mla = { rankQ: 32, rankKv: 64, head: 32, rope: 32 } as const;

function metadata(architecture: TinyArchitecture, layers: number): Record<string, GgufValue> {
  const common = {
    context_length: tiny.context,
    embedding_length: tiny.width,
    block_count: layers,
    "attention.layer_norm_rms_epsilon": { f32: 1e-5 },
  };
  const attention = {
    ...common,
    feed_forward_length: tiny.ffn,
    "attention.head_count": tiny.heads,
    "attention.head_count_kv": tiny.kvHeads,
    "attention.key_length": tiny.headSize,
    "attention.value_length": tiny.headSize,
    "rope.dimension_count": tiny.headSize,
    "rope.freq_base": { f32: 10_000 },
  };

  switch (architecture) {
    case "llama":
    case "mistral3":
    case "qwen3":
      return attention;
    case "qwen2":
    case "phi3":
      return {
        ...attention,
        "attention.key_length": tiny.width / tiny.heads,
        "attention.value_length": tiny.width / tiny.heads,
        "rope.dimension_count": tiny.width / tiny.heads,
      };
    case "gemma2": // a cap that the scores really meet
      return { ...attention, "attention.sliding_window": 64, attn_logit_softcapping: { f32: 2 } };
    case "gemma3":
      return { ...attention, "attention.sliding_window": 64 };
    case "cohere2":
      return {
        ...attention,
        "attention.key_length": tiny.width / tiny.heads,
        "attention.value_length": tiny.width / tiny.heads,
        "rope.dimension_count": tiny.width / tiny.heads,
        "attention.layer_norm_epsilon": { f32: 1e-5 },
        "attention.sliding_window": 64,
        logit_scale: { f32: 0.5 },
      };
    case "gpt-oss":
      return {
        ...attention,
        "attention.sliding_window": 64,
        expert_count: experts,
        expert_used_count: experts,
        expert_feed_forward_length: tiny.ffn,
      };
    case "mamba":
      return {
        ...common,
        "ssm.conv_kernel": 4,
        "ssm.inner_size": 2 * tiny.width,
        "ssm.state_size": 16,
        "ssm.time_step_rank": 4,
      };
    case "deepseek2":
      return {
        ...attention,
        "attention.head_count_kv": 1,
        "attention.key_length": mla.rankKv + mla.rope,
        "attention.value_length": mla.rankKv,
        "attention.key_length_mla": mla.head + mla.rope,
        "attention.value_length_mla": mla.head,
        "attention.q_lora_rank": mla.rankQ,
        "attention.kv_lora_rank": mla.rankKv,
        "rope.dimension_count": mla.rope,
        leading_dense_block_count: layers,
        expert_feed_forward_length: tiny.ffn,
        expert_shared_count: 1,
      };
    default:
      return architecture satisfies never;
  }
}
