#include "llama-attn-probe.h"

#include "llama-context.h"
#include "llama-cparams.h"
#include "llama-graph.h"
#include "llama-hparams.h"
#include "llama-kv-kept.h"
#include "llama-model.h"

#include "ggml.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

// a graph holds many layers, since starting threads for each would cost more than the layers do, and computes some rows of them: so many
// of both that neither their results nor the weights of one layer [n_kv, n_rows, n_head] take more than this (unless one layer or row does)
static constexpr size_t GRAPH_BYTES = 8*1024*1024;

static constexpr size_t LAYER_NODES = 16;

void llama_attn_probe_build(
        const llm_graph_context & gctx,
        ggml_tensor * q,
        ggml_tensor * kq_b,
        ggml_tensor * sinks,
              float   kq_scale,
                int   il) {
    const auto & rows = gctx.cparams.attn_probe;

    // what the main branch computes in another way is not probed: such layers get no entry
    if (kq_b != nullptr || gctx.hparams.use_alibi || q->ne[3] != 1) {
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

    // not a view, so that the result stays in a buffer of its own until it is read
    ggml_tensor * cur = ggml_view_3d(gctx.ctx0, q, q->ne[0], q->ne[1], rows.n, q->nb[1], q->nb[2], rows.first*q->nb[2]);
    cur = ggml_cont(gctx.ctx0, cur);
    gctx.cb(cur, "attn_probe", il);

    ggml_set_output(cur);
    ggml_build_forward_expand(gctx.gf, cur);

    t_attn_probe[il] = { cur, sinks, kq_scale };
}

//
// llama_context
//

void llama_context::set_attn_probe(llama_attn_probe_rows rows) {
    cparams.attn_probe = rows;
}

void llama_context::hold_attn_probe(const llama_pos * pos) {
    const uint32_t n_rows = cparams.attn_probe.n;

    cparams.attn_probe = {};

    if (n_rows == 0 || !gf_res_prev_active) {
        return;
    }

    auto & held = attn_probe_held;

    held.pos.insert(held.pos.end(), pos, pos + n_rows);
    held.layers.resize(model.hparams.n_layer());

    const auto & probed = gf_res_prev_active->t_attn_probe;

    for (size_t il = 0; il < probed.size(); ++il) {
        const auto & [q, sinks, kq_scale] = probed[il];

        if (q == nullptr) {
            continue;
        }

        auto & layer = held.layers[il];
        const size_t n = layer.q.size();

        layer.q.resize(n + ggml_nelements(q));
        layer.sinks    = sinks;
        layer.kq_scale = kq_scale;

        ggml_backend_tensor_get(q, layer.q.data() + n, 0, ggml_nbytes(q));
    }
}

void llama_context::drop_attn_probe() {
    cparams.attn_probe = {};
    attn_probe_held    = {};
}

void llama_context::compute_attn_probe(const llama_attn_probe_cb & cb) {
    const llama_attn_probe_held held = std::move(attn_probe_held);
    attn_probe_held = {};

    const auto & hparams = model.hparams;

    if (held.pos.empty()) {
        return;
    }

    const auto * kv = llama_kv_cache_kept::base_of(memory.get());

    synchronize();

    // the scheduler takes one graph at a time: that of the last ubatch cannot be used again
    for (auto & prev : gf_res_prev) {
        if (prev) {
            prev->reset();
        }
    }
    gf_res_prev_active = nullptr;

    const llama_kv_cache::slot_info sinfo = {
        /*.s0   =*/ 0,
        /*.s1   =*/ 0,
        /*.strm =*/ { 0 },
        /*.idxs =*/ { { } },
    };

    const int64_t  n_kv  = kv->get_n_kv(sinfo);
    const uint32_t n_all = held.pos.size();
    const auto   & cells = kv->get_cells(0);

    const float cap = hparams.attn_soft_cap ? hparams.f_attn_logit_softcapping : 0.0f;

    // a row sees what lies before it, in every layer
    std::vector<float> mask(n_kv*n_all); // [n_kv, n_all]
    for (uint32_t i = 0; i < n_all; ++i) {
        for (int64_t c = 0; c < n_kv; ++c) {
            const bool seen = !cells.is_empty(c) && cells.seq_has(c, 0) && cells.pos_get(c) <= held.pos[i];
            mask[i*n_kv + c] = seen ? 0.0f : -INFINITY;
        }
    }

    // what the graph has of a layer
    struct probed {
        uint32_t il;
        ggml_tensor * q    = nullptr;
        ggml_tensor * mass = nullptr; // [n_kv, 1, n_head]
        std::vector<float> sum;       // [n_kv, n_head]
    };

    std::vector<float> rows; // [n_embd, n, n_head]
    std::vector<float> sum;  // [n_kv, n_head]

    for (uint32_t il = 0; il < held.layers.size(); ) {
        std::vector<probed> layers;
        size_t   n_results  = 0;
        uint32_t n_head_max = 0;

        for (; il < held.layers.size(); ++il) {
            if (held.layers[il].q.empty()) {
                continue;
            }
            const uint32_t n_head = hparams.n_head(il);
            if (!layers.empty() && (n_results + n_kv*n_head)*sizeof(float) > GRAPH_BYTES) {
                break;
            }
            n_results  += n_kv*n_head;
            n_head_max  = std::max(n_head_max, n_head);
            layers.push_back({ il, nullptr, nullptr, std::vector<float>(n_kv*n_head) });
        }

        const size_t   n_nodes = layers.size()*LAYER_NODES;
        const uint32_t n_chunk = std::max<size_t>(1, GRAPH_BYTES/(n_kv*n_head_max*sizeof(float)));

        std::vector<uint8_t> buf(ggml_tensor_overhead()*n_nodes + ggml_graph_overhead_custom(n_nodes, false));

        for (uint32_t first = 0; first < n_all && !layers.empty(); first += n_chunk) {
            const int64_t n = std::min(n_chunk, n_all - first);

            ggml_context_ptr ctx0 { ggml_init({ buf.size(), buf.data(), /*.no_alloc =*/ true }) };
            auto * ctx = ctx0.get();
            auto * gf  = ggml_new_graph_custom(ctx, n_nodes, false);

            ggml_tensor * kq_mask = ggml_new_tensor_2d(ctx, GGML_TYPE_F32, n_kv, n);
            ggml_set_input(kq_mask);

            for (auto & layer : layers) {
                const auto & [q, sinks, kq_scale] = held.layers[layer.il];

                const int64_t n_head    = hparams.n_head(layer.il);
                const int64_t n_head_kv = hparams.n_head_kv(layer.il);
                const int64_t n_embd    = q.size()/(n_all*n_head);

                // heads that share keys go through them together
                layer.q = ggml_new_tensor_3d(ctx, GGML_TYPE_F32, n_embd, n*(n_head/n_head_kv), n_head_kv);
                ggml_set_input(layer.q);

                ggml_tensor * k = ggml_permute(ctx, kv->get_k(ctx, layer.il, n_kv, sinfo), 0, 2, 1, 3); // [n_embd, n_kv, n_head_kv]

                ggml_tensor * cur = ggml_mul_mat(ctx, k, layer.q); // [n_kv, n*n_head/n_head_kv, n_head_kv]
                ggml_prec_set_acc(cur, GGML_PREC_F32);
                cur = ggml_reshape_3d(ctx, cur, n_kv, n, n_head);

                // as in flash attention: the scale first, then the cap
                if (cap > 0.0f) {
                    cur = ggml_scale(ctx, ggml_tanh(ctx, ggml_scale(ctx, cur, kq_scale/cap)), cap);
                }

                cur = ggml_soft_max_ext(ctx, cur, kq_mask, cap > 0.0f ? 1.0f : kq_scale, 0.0f);
                ggml_soft_max_add_sinks(cur, sinks);

                if (n > 1) {
                    // the sum over rows
                    cur = ggml_repeat_back(ctx, cur, ggml_new_tensor_3d(ctx, GGML_TYPE_F32, n_kv, 1, n_head));
                }
                ggml_set_output(cur);
                ggml_build_forward_expand(gf, cur);
                layer.mass = cur;
            }

            ggml_backend_sched_reset(sched.get());
            if (!ggml_backend_sched_alloc_graph(sched.get(), gf)) {
                throw std::runtime_error("there is not enough memory for the attention probe");
            }

            for (const auto & layer : layers) {
                const auto  & q      = held.layers[layer.il].q;
                const int64_t n_head = hparams.n_head(layer.il);
                const int64_t n_embd = layer.q->ne[0];

                rows.resize(n_embd*n*n_head);
                for (int64_t h = 0; h < n_head; ++h) {
                    for (int64_t i = 0; i < n; ++i) {
                        const auto from = q.begin() + ((first + i)*n_head + h)*n_embd;
                        std::copy(from, from + n_embd, rows.begin() + (h*n + i)*n_embd);
                    }
                }
                ggml_backend_tensor_set(layer.q, rows.data(), 0, ggml_nbytes(layer.q));
            }
            ggml_backend_tensor_set(kq_mask, mask.data() + first*n_kv, 0, ggml_nbytes(kq_mask));

            if (graph_compute(gf, n > 1) != GGML_STATUS_SUCCESS) {
                throw std::runtime_error("the attention probe could not be computed");
            }
            ggml_backend_sched_synchronize(sched.get());

            for (auto & layer : layers) {
                sum.resize(layer.sum.size());
                ggml_backend_tensor_get(layer.mass, sum.data(), 0, ggml_nbytes(layer.mass));
                for (size_t i = 0; i < sum.size(); ++i) {
                    layer.sum[i] += sum[i];
                }
            }
        }

        for (const auto & layer : layers) {
            cb(layer.il, layer.sum);
        }
    }

    ggml_backend_sched_reset(sched.get());
}
