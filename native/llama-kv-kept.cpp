#include "llama-kv-kept.h"

#include "llama-arch.h"
#include "llama-context.h"
#include "llama-impl.h"
#include "llama-kv-cache-iswa.h"
#include "llama-memory.h"
#include "llama-model.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

static uint32_t layout_max(const llama_kv_layout & layout) {
    return *std::max_element(layout.n_kept, layout.n_kept + layout.n_layer);
}

static const llama_memory_params & checked(const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams) {
    const std::string reason = llama_kv_cache_kept::refused(model, cparams, *params.kv_layout);

    if (!reason.empty()) {
        throw std::runtime_error(reason);
    }

    return params;
}

//
// llama_kv_cache_kept
//

llama_kv_cache_kept::llama_kv_cache_kept(
        const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams) :
    llama_kv_cache(
        model, model.hparams, checked(model, params, cparams).type_k, params.type_v, /*v_trans=*/ false, cparams.offload_kqv, /*unified=*/ true,
        layout_max(*params.kv_layout) + params.kv_layout->n_tail, /*n_seq_max=*/ 1, /*n_pad=*/ 1,
        /*n_swa=*/ 0, LLAMA_SWA_TYPE_NONE, nullptr,
        [&](int32_t il) { return (uint32_t) il < model.hparams.n_layer() && !has_window(model.hparams, il); }, nullptr, nullptr, "",
        [&](int32_t il) { return params.kv_layout->n_kept[il] + params.kv_layout->n_tail; }),
    n_kept(params.kv_layout->n_kept, params.kv_layout->n_kept + params.kv_layout->n_layer),
    n_kept_max(layout_max(*params.kv_layout)),
    n_tail(params.kv_layout->n_tail) {
}

bool llama_kv_cache_kept::has_window(const llama_hparams & hparams, uint32_t il) {
    return hparams.swa_type != LLAMA_SWA_TYPE_NONE && hparams.is_swa(il);
}

const llama_kv_cache * llama_kv_cache_kept::base_of(const llama_memory_i * memory) {
    const auto * iswa = dynamic_cast<const llama_kv_cache_iswa *>(memory);

    return iswa ? iswa->get_base() : dynamic_cast<const llama_kv_cache *>(memory);
}

std::string llama_kv_cache_kept::unsupported(const llama_model & model, const llama_cparams & cparams) {
    const auto & hparams = model.hparams;

    if (llm_arch_is_recurrent(model.arch) || llm_arch_is_hybrid(model.arch)) {
        return "recurrent state";
    }
    if (hparams.is_mla()) {
        return "latent attention (MLA)";
    }
    if (hparams.swa_type != LLAMA_SWA_TYPE_NONE && hparams.swa_type != LLAMA_SWA_TYPE_STANDARD) {
        return "attention in chunks";
    }
    if (hparams.use_alibi) {
        return "positions as attention bias (ALiBi)";
    }
    if (llama_model_has_encoder(&model) || !cparams.causal_attn) {
        return "attention that is not causal";
    }
    bool all_windows = true;
    for (uint32_t il = 0; il < hparams.n_layer(); ++il) {
        if (!hparams.has_kv(il)) {
            return "layers without keys and values of their own";
        }
        all_windows = all_windows && has_window(hparams, il);
    }
    if (all_windows) {
        return "sliding windows in all layers";
    }
    if (model.split_mode() == LLAMA_SPLIT_MODE_TENSOR) {
        return "tensors split over several devices";
    }
    if (!cparams.flash_attn) {
        return "flash attention is off";
    }
    if (cparams.n_seq_max > 1) {
        return "several sequences";
    }

    return "";
}

std::string llama_kv_cache_kept::refused(const llama_model & model, const llama_cparams & cparams, const llama_kv_layout & layout) {
    const std::string reason = unsupported(model, cparams);

    if (!reason.empty()) {
        return "an answering cache is not possible: " + reason;
    }
    if (layout.n_layer != model.hparams.n_layer()) {
        return format("the layout has %u layers, the model has %u", layout.n_layer, model.hparams.n_layer());
    }
    if (layout.n_tail == 0) {
        return "a cache needs at least one row for new tokens";
    }
    for (uint32_t il = 0; il < layout.n_layer; ++il) {
        if (layout.n_kept[il] > 0 && has_window(model.hparams, il)) {
            return format("layer %u has a sliding window and keeps no other rows", il);
        }
    }
    if (layout.n_back > cparams.n_ctx_seq || layout.n_tail > cparams.n_ctx_seq || layout_max(layout) > cparams.n_ctx_seq) {
        return format("a layer cannot have more rows than the context has positions, %u", cparams.n_ctx_seq);
    }

    return "";
}

std::string llama_kv_cache_kept::unsupported(const llama_context & lctx) {
    const auto & model = lctx.get_model();

    const std::string res = unsupported(model, lctx.get_cparams());
    if (!res.empty()) {
        return res;
    }

    const auto * kv   = base_of(lctx.get_memory());
    const auto * iswa = dynamic_cast<const llama_kv_cache_iswa *>(lctx.get_memory());

    if (kv == nullptr || kv->layers.size() + (iswa ? iswa->get_swa()->layers.size() : 0) != model.hparams.n_layer()) {
        return "a cache of its own kind";
    }
    if (lctx.get_gf_res_reserve()->t_attn_probe.size() != model.hparams.n_layer()) {
        return "attention of its own kind";
    }

    return "";
}

llama_pos llama_kv_cache_kept::get_pos_kept() const {
    return n_kept_max == 0 || v_cells[0].is_empty(0) ? -1 : v_cells[0].pos_get(0);
}

//
// llama_memory_i
//

bool llama_kv_cache_kept::get_can_shift() const {
    return false;
}

void llama_kv_cache_kept::clear(bool data) {
    n_pos_compacted = 0;

    llama_kv_cache::clear(data);
}

bool llama_kv_cache_kept::seq_rm(llama_seq_id seq_id, llama_pos p0, llama_pos p1) {
    // positions of the document are not recorded: all of them go, with everything behind them, or none
    const bool all = p0 <= 0 && (p1 < 0 || p1 > v_cells[0].seq_pos_max(0));

    if (seq_id <= 0 && (p0 <= get_pos_kept() || p0 < n_pos_compacted) && !all) {
        return false;
    }
    if (all) {
        n_pos_compacted = 0;
    }

    return llama_kv_cache::seq_rm(seq_id, p0, p1);
}

void llama_kv_cache_kept::seq_cp(llama_seq_id, llama_seq_id, llama_pos, llama_pos) {
    throw std::runtime_error("an answering cache has one sequence");
}

void llama_kv_cache_kept::seq_add(llama_seq_id, llama_pos, llama_pos, llama_pos) {
    throw std::runtime_error("an answering cache cannot be shifted");
}

void llama_kv_cache_kept::seq_div(llama_seq_id, llama_pos, llama_pos, int) {
    throw std::runtime_error("an answering cache cannot be shifted");
}

void llama_kv_cache_kept::state_write(llama_io_write_i & io, llama_seq_id seq_id, llama_state_seq_flags flags) const {
    // the state of an empty cache has no rows in it
    if (v_cells[0].get_used() > 0) {
        throw std::runtime_error("an answering cache cannot be saved");
    }

    llama_kv_cache::state_write(io, seq_id, flags);
}

void llama_kv_cache_kept::state_read(llama_io_read_i &, llama_seq_id, llama_state_seq_flags) {
    throw std::runtime_error("a saved state cannot be loaded into an answering cache");
}

//
// llama_kv_cache
//

ggml_tensor * llama_kv_cache_kept::get_k(ggml_context * ctx, int32_t il, uint32_t n_kv, const slot_info & sinfo) const {
    return llama_kv_cache::get_k(ctx, il, n_kv - (n_kept_max - n_kept[il]), sinfo);
}

ggml_tensor * llama_kv_cache_kept::get_v(ggml_context * ctx, int32_t il, uint32_t n_kv, const slot_info & sinfo) const {
    return llama_kv_cache::get_v(ctx, il, n_kv - (n_kept_max - n_kept[il]), sinfo);
}

ggml_tensor * llama_kv_cache_kept::cpy_k(ggml_context * ctx, ggml_tensor * k_cur, ggml_tensor * k_idxs, int32_t il, const slot_info &) const {
    return store(ctx, layers[map_layer_ids.at(il)].k, k_cur, k_idxs, il);
}

ggml_tensor * llama_kv_cache_kept::cpy_v(ggml_context * ctx, ggml_tensor * v_cur, ggml_tensor * v_idxs, int32_t il, const slot_info &) const {
    return store(ctx, layers[map_layer_ids.at(il)].v, v_cur, v_idxs, il);
}

// cur: [n_embd_head, n_head_kv, n_tokens], idxs: rows of the tail
ggml_tensor * llama_kv_cache_kept::store(ggml_context * ctx, ggml_tensor * dst, ggml_tensor * cur, ggml_tensor * idxs, int32_t il) const {
    GGML_ASSERT(ggml_row_size(cur->type, cur->ne[0]) == cur->nb[1]);

    cur = ggml_view_2d(ctx, cur, cur->ne[0]*cur->ne[1], cur->ne[2], cur->nb[2], 0);
    dst = ggml_view_2d(ctx, dst, dst->ne[0], n_tail, dst->nb[1], n_kept[il]*dst->nb[1]);

    return ggml_set_rows(ctx, dst, cur, idxs);
}

llama_kv_cache::slot_info llama_kv_cache_kept::find_slot(const llama_ubatch & ubatch, bool cont) const {
    slot_info res = {
        /*.s0   =*/ 0,
        /*.s1   =*/ 0,
        /*.strm =*/ { 0 },
        /*.idxs =*/ { { } },
    };

    const auto & cells = v_cells[0];

    for (uint32_t i = n_kept_max; i < cells.size() && res.idxs[0].size() < ubatch.n_tokens; ++i) {
        if (cells.is_empty(i)) {
            res.idxs[0].push_back(i);
        }
    }

    if (res.idxs[0].size() < ubatch.n_tokens || (cont && !res.is_contiguous())) {
        return { };
    }

    return res;
}

void llama_kv_cache_kept::set_input_k_idxs(ggml_tensor * dst, const llama_ubatch *, const slot_info & sinfo) const {
    set_input_idxs(dst, sinfo);
}

void llama_kv_cache_kept::set_input_v_idxs(ggml_tensor * dst, const llama_ubatch *, const slot_info & sinfo) const {
    set_input_idxs(dst, sinfo);
}

void llama_kv_cache_kept::set_input_idxs(ggml_tensor * dst, const slot_info & sinfo) const {
    GGML_ASSERT(ggml_backend_buffer_is_host(dst->buffer));

    int64_t * data = (int64_t *) dst->data;

    for (uint32_t i = 0; i < sinfo.size(); ++i) {
        data[i] = sinfo.idxs[0][i] - n_kept_max;
    }
}
