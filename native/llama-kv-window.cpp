#include "llama-kv-window.h"

#include "llama-cparams.h"
#include "llama-impl.h"
#include "llama-memory.h"
#include "llama-model.h"

#include <algorithm>
#include <stdexcept>

// as many cells as a stock cache has, and those for tokens that may be taken back
static uint32_t window_size(const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams) {
    return GGML_PAD(std::min(cparams.n_ctx_seq, model.hparams.n_swa + cparams.n_ubatch + params.kv_layout->n_back), 256);
}

//
// llama_kv_cache_window
//

llama_kv_cache_window::llama_kv_cache_window(
        const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams) :
    llama_kv_cache(
        model, model.hparams, params.type_k, params.type_v, /*v_trans=*/ false, cparams.offload_kqv, /*unified=*/ true,
        window_size(model, params, cparams), /*n_seq_max=*/ 1, /*n_pad=*/ 1,
        model.hparams.n_swa, model.hparams.swa_type, nullptr,
        [&](int32_t il) { return (uint32_t) il < model.hparams.n_layer() && llama_kv_cache_kept::has_window(model.hparams, il); }, nullptr, nullptr) {
}

bool llama_kv_cache_window::has_rows_for(const llama_kv_cache & kv, llama_pos pos, uint32_t n_swa) {
    const auto & cells = kv.get_cells(0);

    const llama_pos first = std::max<llama_pos>(0, pos - (llama_pos) n_swa);

    return pos <= 0 || (cells.seq_pos_min(0) >= 0 && cells.seq_pos_min(0) <= first && cells.seq_pos_max(0) >= pos - 1);
}

llama_kv_cache::slot_info llama_kv_cache_window::find_slot(const llama_ubatch & ubatch, bool cont) const {
    slot_info res = {
        /*.s0   =*/ 0,
        /*.s1   =*/ 0,
        /*.strm =*/ { 0 },
        /*.idxs =*/ { { } },
    };

    for (uint32_t i = 0; i < ubatch.n_tokens; ++i) {
        res.idxs[0].push_back(ubatch.pos[i] % get_size());
    }

    if (cont && !res.is_contiguous()) {
        return { };
    }

    return res;
}

void llama_kv_cache_window::check(const llama_kv_cache & src, llama_pos pos) const {
    if (&src.model != &model) {
        throw std::runtime_error("the reading cache belongs to another model");
    }
    if (src.n_stream != 1 || src.v_trans) {
        throw std::runtime_error("rows are gathered from a reading cache with one sequence and flash attention");
    }
    if (!has_rows_for(src, pos, n_swa)) {
        throw std::runtime_error("the reading cache has lost rows of its sliding windows");
    }
    for (const auto & layer : layers) {
        const auto & layer_src = src.layers[src.map_layer_ids.at(layer.il)];

        if (layer_src.k->type != layer.k->type && ggml_is_quantized(layer_src.k->type)) {
            throw std::runtime_error("rows of a quantized reading cache can only be gathered into a cache of the same type");
        }
    }
}

void llama_kv_cache_window::gather(const llama_kv_cache & src, llama_pos pos) {
    const auto & cells_src = src.v_cells[0];

    const uint32_t n_pos = pos;
    const uint32_t p0    = n_pos - std::min(n_pos, n_swa);

    std::vector<uint32_t> cell_of(n_pos - p0);

    for (uint32_t i = 0; i < cells_src.size(); ++i) {
        if (!cells_src.is_empty(i) && cells_src.pos_get(i) >= (llama_pos) p0) {
            cell_of[cells_src.pos_get(i) - p0] = i;
        }
    }

    const llama_kv_rotation rot(*this, src);

    clear(false);

    // in runs that lie side by side in the ring
    for (uint32_t p = p0; p < n_pos;) {
        const uint32_t first = p % get_size();
        const uint32_t n     = std::min(n_pos - p, get_size() - first);

        const std::vector<uint32_t> cells(cell_of.begin() + (p - p0), cell_of.begin() + (p - p0 + n));

        for (const auto & layer : layers) {
            const auto & layer_src = src.layers[src.map_layer_ids.at(layer.il)];

            llama_kv_gather_rows(layer.k, first, layer_src.k, n, rot.k, cells);
            llama_kv_gather_rows(layer.v, first, layer_src.v, n, rot.v, cells);
        }

        for (uint32_t i = 0; i < n; ++i) {
            v_cells[0].pos_set(first + i, p + i);
            v_cells[0].seq_add(first + i, 0);
        }

        p += n;
    }
}

//
// llama_kv_cache_kept_iswa
//

llama_kv_cache_kept_iswa::llama_kv_cache_kept_iswa(
        const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams) :
    llama_kv_cache_iswa(
        std::make_unique<llama_kv_cache_kept>  (model, params, cparams),
        std::make_unique<llama_kv_cache_window>(model, params, cparams)) {
}

void llama_kv_cache_kept_iswa::gather(const llama_kv_cache_iswa & src, const std::vector<std::vector<uint32_t>> & rows) {
    const llama_pos n_pos = src.get_base()->seq_pos_max(0) + 1;

    get_window().check (*src.get_swa(), n_pos);
    get_kept  ().gather(*src.get_base(), rows);
    get_window().gather(*src.get_swa(), n_pos);
}

bool llama_kv_cache_kept_iswa::seq_rm(llama_seq_id seq_id, llama_pos p0, llama_pos p1) {
    if ((p1 >= 0 && p1 <= seq_pos_max(0)) || !get_window().has_rows_for(p0)) {
        return false;
    }

    return get_kept().seq_rm(seq_id, p0, p1) && get_window().seq_rm(seq_id, p0, p1);
}

//
// whichever
//

llama_memory_i * llama_kv_kept_create(const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams) {
    if (model.hparams.swa_type != LLAMA_SWA_TYPE_NONE) {
        return new llama_kv_cache_kept_iswa(model, params, cparams);
    }

    return new llama_kv_cache_kept(model, params, cparams);
}

llama_kv_cache_kept * llama_kv_kept_of(llama_memory_i * memory) {
    auto * iswa = dynamic_cast<llama_kv_cache_kept_iswa *>(memory);

    return iswa ? &iswa->get_kept() : dynamic_cast<llama_kv_cache_kept *>(memory);
}

void llama_kv_kept_gather(llama_memory_i * dst, const llama_memory_i * src, const std::vector<std::vector<uint32_t>> & rows) {
    const auto * src_iswa = dynamic_cast<const llama_kv_cache_iswa *>(src);

    if (auto * iswa = dynamic_cast<llama_kv_cache_kept_iswa *>(dst)) {
        if (!src_iswa) {
            throw std::runtime_error("the reading cache belongs to another model");
        }
        iswa->gather(*src_iswa, rows);
    } else {
        dynamic_cast<llama_kv_cache_kept &>(*dst).gather(*llama_kv_cache_kept::base_of(src), rows);
    }
}

std::vector<llama_kv_layer_report> llama_kv_kept_report(const llama_memory_i * memory) {
    std::vector<llama_kv_layer_report> res;

    if (const auto * iswa = dynamic_cast<const llama_kv_cache_iswa *>(memory)) {
        res = llama_kv_cache_kept::report(*iswa->get_base());

        const auto window = llama_kv_cache_kept::report(*iswa->get_swa());
        res.insert(res.end(), window.begin(), window.end());

        std::sort(res.begin(), res.end(), [](const auto & a, const auto & b) { return a.il < b.il; });
    } else if (const auto * kv = dynamic_cast<const llama_kv_cache *>(memory)) {
        res = llama_kv_cache_kept::report(*kv);
    }

    return res;
}
