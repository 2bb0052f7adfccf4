/** A loaded model: its weights, tokenizer, chat template and figures. Knows nothing of caches. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { InsufficientMemoryError, type Llama, type LlamaModel } from "node-llama-cpp";
import { defaultSystemPrompt, type ModelInfo } from "../../preload/api.ts";
import { createContext, loadLlama, patchMarker } from "./addon.ts";
import { EngineError } from "./errors.ts";
import { ofScored, scoredLayers } from "./layers.ts";
import { sha256OfFile, starterModel } from "./models.ts";
import type { HeadProfile } from "./policies/policy.ts";
import { loadProfile } from "./profile.ts";
import { readTemplate, type Template } from "./prompt.ts";

export type LoadedModel = {
  llama: Llama;
  model: LlamaModel;
  info: ModelInfo;
  template: Template;
  profile: HeadProfile | null;
  /** Tokens that each layer's sliding window holds, 0 for layers that attend to everything: [layer]. */
  windows: number[];
  /** Layers that policies choose for, as indexes into all layers. */
  scored: number[];
  /** Bytes that a full f16 cache of so many tokens takes, all layers together. */
  fullBytes(tokens: number): number;
  /** The patch's version, as the loaded binary reports it. */
  patchVersion: number;
  dispose(): Promise<void>;
};

/**
 * Loads a GGUF file with the patched llama.cpp.
 *
 * @param options.gpuLayers layers that a graphics card computes, if there is one
 * @throws EngineError `no-model`, `bad-model`, `no-memory` or `native-missing`
 */
export async function loadModel(
  file: string,
  threads: number,
  options: { contextLength?: number; systemPrompt?: string; gpuLayers?: number; onProgress?(share: number): void } = {},
): Promise<LoadedModel> {
  const notThere = () => {
    throw new EngineError("no-model", "There is no model file at {file}: choose another one.", { file });
  };
  const size = await stat(file).then((found) => (found.isFile() ? found.size : notThere()), notThere);
  const sha256 = await sha256OfFile(file);
  if (basename(file) === starterModel.file && sha256 !== starterModel.sha256) {
    throw new EngineError(
      "bad-model",
      "{file} is not the starter model that it should be: delete it and start Folio again, it is fetched anew.",
      { file },
    );
  }
  const { gpuLayers = 0 } = options;
  const llama = await loadLlama(threads, gpuLayers > 0);
  let model: LlamaModel;
  try {
    model = await llama.loadModel({ modelPath: file, gpuLayers, ...(options.onProgress && { onLoadProgress: options.onProgress }) });
  } catch (error) {
    await llama.dispose();
    if (gpuLayers > 0 && error instanceof InsufficientMemoryError) {
      throw new EngineError(
        "no-memory",
        "{name} with {layers} layers is too large for the graphics card: put fewer there, in the model's settings.",
        {
          name: basename(file),
          layers: gpuLayers,
        },
      );
    }
    throw new EngineError("bad-model", "{name} is not a whole GGUF model that can be loaded: choose another file, or fetch it again.", {
      name: basename(file),
    });
  }

  const figures = architectureFigures(model);
  const { windows, ...support } = await supportOf(model, threads);
  const scored = scoredLayers(windows);
  const heads = ofScored(figures.heads, scored);
  const kvHeads = ofScored(figures.kvHeads, scored);
  const unsupported = support.unsupported ?? (heads.alike && kvHeads.alike ? null : "layers with different numbers of heads");
  const rowBytes = kvHeads.most * (figures.keyLength + figures.valueLength) * 2;
  const found = await loadProfile(sha256, scored.length, heads.most);
  const info: ModelInfo = {
    name: basename(file, ".gguf"),
    file,
    bytes: size,
    sha256,
    // Not those that the file has besides, for guessing at further tokens: they are not computed and have no rows.
    layers: windows.length,
    heads: heads.most,
    kvHeads: kvHeads.most,
    contextLength: Math.min(options.contextLength ?? Infinity, model.trainContextSize),
    longestContext: model.trainContextSize,
    tokenBytes: scored.length * rowBytes,
    readingSpeed: null,
    gpu: model.gpuLayers > 0 ? { name: (await llama.getGpuDeviceNames())[0] ?? "", layers: model.gpuLayers } : null,
    profile: found?.name ?? null,
    unsupported,
  };
  return {
    llama,
    model,
    info,
    template: readTemplate(model, options.systemPrompt ?? defaultSystemPrompt),
    profile: found?.profile ?? null,
    windows,
    scored,
    fullBytes: (tokens) => windows.reduce((bytes, window) => bytes + Math.min(tokens, window || tokens) * rowBytes, 0),
    patchVersion: patchMarker(llama),
    dispose: async () => {
      await model.dispose();
      await llama.dispose();
    },
  };
}

/** Uses the profile that is there now for a model, or none. */
export async function useProfile(loaded: LoadedModel): Promise<ModelInfo> {
  const { sha256, heads } = loaded.info;
  const found = await loadProfile(sha256, loaded.scored.length, heads);
  loaded.profile = found?.profile ?? null;
  loaded.info.profile = found?.name ?? null;
  return loaded.info;
}

function architectureFigures(model: LlamaModel) {
  const metadata = model.fileInfo.metadata;
  const arch = model.fileInfo.architectureMetadata as {
    block_count?: number;
    embedding_length?: number;
    attention?: { head_count?: number | number[]; head_count_kv?: number | number[]; key_length?: number; value_length?: number };
  };
  if (!arch.block_count)
    throw new EngineError("bad-model", "A model of the kind “{kind}” cannot answer questions: choose a language model.", {
      kind: metadata.general.architecture,
    });
  const heads = arch.attention?.head_count ?? 0;
  const kvHeads = arch.attention?.head_count_kv ?? heads;
  const { most } = ofScored(heads, []);
  const headLength = most > 0 ? (arch.embedding_length ?? 0) / most : 0;
  return {
    heads,
    kvHeads,
    keyLength: arch.attention?.key_length ?? headLength,
    valueLength: arch.attention?.value_length ?? headLength,
  };
}

/** Asks the patch itself: a small context knows whether probe, layout and gather work for this model. */
async function supportOf(model: LlamaModel, threads: number): Promise<{ unsupported: string | null; windows: number[] }> {
  const context = await createContext(model, { contextSize: 256, batchSize: 8, threads, kvType: "f16" });
  try {
    return { unsupported: context.getKvSupport() || null, windows: context.getKvWindows() };
  } finally {
    await context.dispose();
  }
}
