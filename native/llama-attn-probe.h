#pragma once

#include "llama.h"

#include <cstdint>
#include <functional>
#include <vector>

struct ggml_tensor;

struct llama_hparams;
struct llm_graph_context;

//
// attention probe
//

// how much the queries of a few rows attend to every cell of the cache, for each layer and head: the sum over these rows of
// softmax(k*q*scale + mask), in f32. flash attention computes no such weights
// a decode only sets the queries aside, so that it takes no longer: its graph gets one copy in each layer, and the main branch does not change.
// the weights are computed from them and the keys in the cache when somebody asks

// rows [first, first + n) of the ubatch. n == 0: off
struct llama_attn_probe_rows {
    uint32_t first = 0;
    uint32_t n     = 0;

    bool operator==(const llama_attn_probe_rows & other) const {
        return first == other.first && n == other.n;
    }
};

// what the graph of a ubatch says of a layer that could be probed
struct llama_attn_probe_layer {
    ggml_tensor * q        = nullptr; // [n_embd_head, n_head, n_rows], nullptr = not asked for
    ggml_tensor * sinks    = nullptr;
    float         kq_scale = 1.0f;
};

// the queries that were set aside, of any number of decodes
struct llama_attn_probe_held {
    struct layer {
        std::vector<float> q; // [n_embd_head, n_head, n_rows], empty for layers that are not probed
        ggml_tensor * sinks    = nullptr;
        float         kq_scale = 1.0f;
    };

    std::vector<llama_pos> pos; // [n_rows]
    std::vector<layer> layers;  // [n_layer]
};

// a layer and its attention [n_kv, n_head], which is gone afterwards
using llama_attn_probe_cb = std::function<void(uint32_t il, const std::vector<float> & mass)>;

// q: [n_embd_head, n_head, n_tokens], rotated like the keys where the cache is quantized
void llama_attn_probe_build(
        const llm_graph_context & gctx,
        ggml_tensor * q,
        ggml_tensor * kq_b,
        ggml_tensor * sinks,
              float   kq_scale,
                int   il);
