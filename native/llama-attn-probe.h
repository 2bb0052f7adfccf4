#pragma once

#include <cstdint>

struct ggml_tensor;

struct llama_cparams;
struct llama_hparams;
struct llm_graph_context;

//
// attention probe
//

// how much the queries of a few rows of a ubatch attend to every cell of the cache, for each layer and head:
// the sum over these rows of softmax(k*q*scale + mask), in f32
// flash attention computes no such weights, so this is a side branch of the graph. the main branch does not change

// rows [first, first + n) of the ubatch. n == 0: off
struct llama_attn_probe_rows {
    uint32_t first = 0;
    uint32_t n     = 0;

    bool operator==(const llama_attn_probe_rows & other) const {
        return first == other.first && n == other.n;
    }
};

// q: [n_embd_head, n_head, n_tokens], k: [n_embd_head, n_head_kv, n_kv], as stored: rotated where the cache is quantized
void llama_attn_probe_build(
        const llm_graph_context & gctx,
        ggml_tensor * q,
        ggml_tensor * k,
        ggml_tensor * kq_mask,
        ggml_tensor * kq_b,
        ggml_tensor * sinks,
              float   kq_scale,
                int   il);

// graph nodes that the probe of cparams.attn_probe adds at most
uint32_t llama_attn_probe_max_nodes(const llama_hparams & hparams, const llama_cparams & cparams);
