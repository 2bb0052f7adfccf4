#include "llama-attn-probe.h"

#include "llama-context.h"
#include "llama-cparams.h"
#include "llama-graph.h"
#include "llama-hparams.h"
#include "llama-kv-kept.h"
#include "llama-model.h"

#include "ggml.h"

#include <algorithm>
#include <stdexcept>

// rows are probed in chunks, so that the weights of one chunk [n_kv, n_rows, n_head] take no more than this (unless a single row does)
static constexpr size_t CHUNK_BYTES = 8*1024*1024;

// nodes of one chunk, and of the result
static constexpr uint32_t CHUNK_NODES = 15;
static constexpr uint32_t LAYER_NODES = 4;

static uint32_t rows_per_chunk(uint32_t n_kv, uint32_t n_head) {
    return std::max<size_t>(1, CHUNK_BYTES/((size_t) n_kv*n_head*sizeof(float)));
}

uint32_t llama_attn_probe_max_nodes(const llama_hparams & hparams, const llama_cparams & cparams) {
    const uint32_t n_rows = cparams.attn_probe.n;

    uint32_t res = 0;

    for (uint32_t il = 0; n_rows > 0 && il < hparams.n_layer(); ++il) {
        const uint32_t n_chunk = rows_per_chunk(cparams.n_ctx_seq, hparams.n_head(il));

        res += LAYER_NODES + CHUNK_NODES*((n_rows + n_chunk - 1)/n_chunk);
    }

    return res;
}

void llama_attn_probe_build(
        const llm_graph_context & gctx,
        ggml_tensor * q,
        ggml_tensor * k,
        ggml_tensor * kq_mask,
        ggml_tensor * kq_b,
        ggml_tensor * sinks,
              float   kq_scale,
                int   il) {
    const auto & rows = gctx.cparams.attn_probe;

    // what the main branch computes in another way is not probed: such layers get no entry
    if (kq_b != nullptr || gctx.hparams.use_alibi || k->ne[3] != 1) {
        return;
    }

    auto & t_attn_probe = gctx.res->t_attn_probe;

    if (t_attn_probe.size() <= (size_t) il) {
        t_attn_probe.resize(il + 1);
    }

    // a sliding window sees only the end of a document
    if (rows.n == 0 || rows.first + rows.n > q->ne[2] || llama_kv_cache_kept::has_window(gctx.hparams, il)) {
        return;
    }

    auto * ctx = gctx.ctx0;

    const int64_t n_embd    = q->ne[0];
    const int64_t n_head    = q->ne[1];
    const int64_t n_head_kv = k->ne[1];
    const int64_t n_kv      = k->ne[2];

    const uint32_t n_chunk = rows_per_chunk(n_kv, n_head);

    k = ggml_permute(ctx, k, 0, 2, 1, 3); // [n_embd, n_kv, n_head_kv]

    ggml_tensor * sum = nullptr;

    for (uint32_t i = 0; i < rows.n; i += n_chunk) {
        const int64_t n     = std::min(n_chunk, rows.n - i);
        const int64_t first = rows.first + i;

        ggml_tensor * cur = ggml_view_3d(ctx, q, n_embd, n_head, n, q->nb[1], q->nb[2], first*q->nb[2]);
        cur = ggml_cont(ctx, ggml_permute(ctx, cur, 0, 2, 1, 3)); // [n_embd, n, n_head]

        // heads that share keys go through them together
        cur = ggml_reshape_3d(ctx, cur, n_embd, n*(n_head/n_head_kv), n_head_kv);
        cur = ggml_mul_mat(ctx, k, cur); // [n_kv, n*n_head/n_head_kv, n_head_kv]
        ggml_prec_set_acc(cur, GGML_PREC_F32);
        cur = ggml_reshape_3d(ctx, cur, n_kv, n, n_head);

        // as in flash attention: the scale first, then the cap
        const float cap = gctx.hparams.attn_soft_cap ? gctx.hparams.f_attn_logit_softcapping : 0.0f;
        if (cap > 0.0f) {
            cur = ggml_scale(ctx, ggml_tanh(ctx, ggml_scale(ctx, cur, kq_scale/cap)), cap);
        }

        // converted once, not once for every head
        ggml_tensor * mask = ggml_view_2d(ctx, kq_mask, n_kv, n, kq_mask->nb[1], first*kq_mask->nb[1]);
        mask = ggml_cast(ctx, mask, GGML_TYPE_F32);

        cur = ggml_soft_max_ext(ctx, cur, mask, cap > 0.0f ? 1.0f : kq_scale, 0.0f);
        ggml_soft_max_add_sinks(cur, sinks);

        if (n > 1) {
            // the sum over rows
            cur = ggml_repeat_back(ctx, cur, ggml_new_tensor_3d(ctx, GGML_TYPE_F32, n_kv, 1, n_head));
        }

        cur = ggml_reshape_2d(ctx, cur, n_kv, n_head);
        sum = sum ? ggml_add(ctx, sum, cur) : cur;

        // chunk after chunk, so that they can share their memory
        ggml_build_forward_expand(gctx.gf, sum);
    }

    // not a view, so that the result stays in a buffer of its own until it is read
    sum = ggml_cont(ctx, sum);
    gctx.cb(sum, "attn_probe", il);

    ggml_set_output(sum);
    ggml_build_forward_expand(gctx.gf, sum);

    t_attn_probe[il] = sum;
}

//
// llama_context
//

void llama_context::set_attn_probe(llama_attn_probe_rows rows) {
    cparams.attn_probe = rows;

    if (rows.n == 0) {
        return;
    }

    // the graphs are made for a number of nodes that was chosen without the probe
    const uint32_t n_nodes = llama_attn_probe_max_nodes(model.hparams, cparams) + 256;

    if (ggml_graph_n_nodes(gf_res_reserve->get_gf()) + n_nodes > gf_res_reserve->get_max_nodes()) {
        sched_need_reserve = true;
    }
}

ggml_tensor * llama_context::get_attn_probe(int32_t il) const {
    if (!gf_res_prev_active || (size_t) il >= gf_res_prev_active->t_attn_probe.size()) {
        return nullptr;
    }

    return gf_res_prev_active->t_attn_probe[il];
}
