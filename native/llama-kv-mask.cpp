#include "llama-kv-kept.h"

#include "llama-kv-cache-iswa.h"

#include <algorithm>
#include <cmath>
#include <cstring>

// the masks of an answering cache

// flash attention wants contiguous masks, and GPUs want them aligned. so each number of kept rows has a slice of its own in one
// input tensor, in place of a view into a common mask
class llm_graph_input_mask_kept : public llm_graph_input_i {
public:
    llm_graph_input_mask_kept(const llama_kv_cache_context * mctx, uint32_t n_tokens) : mctx(mctx), n_kv(mctx->get_n_kv()), n_tokens(n_tokens) {}

    void set_input(const llama_ubatch * ubatch) override {
        static_cast<const llama_kv_cache_kept *>(mctx->get_kv())->set_input_mask(mask, ubatch, n_kv, slices);
    }

    bool can_reuse(const llm_graph_params & params) override {
        const auto * iswa = dynamic_cast<const llama_kv_cache_iswa_context *>(params.mctx);

        mctx = iswa ? iswa->get_base() : static_cast<const llama_kv_cache_context *>(params.mctx);

        return mctx->get_n_kv() == n_kv && params.ubatch.n_tokens == n_tokens;
    }

    const llama_kv_cache_context * mctx;

    const uint32_t n_kv;
    const uint32_t n_tokens;

    ggml_tensor * mask = nullptr; // F16, all slices

    std::vector<uint32_t> slices; // rows kept
};

// elements of a slice, aligned to 128 bytes
static size_t slice_size(uint32_t n_kv, uint32_t n_tokens) {
    return GGML_PAD((size_t) n_kv*n_tokens, 64);
}

std::vector<ggml_tensor *> llama_kv_kept_build_mask(ggml_context * ctx, llm_graph_result & res, const llama_kv_cache_context * mctx, const llama_ubatch & ubatch) {
    const auto * kv = dynamic_cast<const llama_kv_cache_kept *>(mctx->get_kv());

    return kv ? kv->build_mask(ctx, res, mctx, ubatch) : std::vector<ggml_tensor *>();
}

std::vector<ggml_tensor *> llama_kv_cache_kept::build_mask(
        ggml_context * ctx, llm_graph_result & res, const llama_kv_cache_context * mctx, const llama_ubatch & ubatch) const {
    if (is_reading()) {
        return {}; // the stock mask fits
    }

    auto inp = std::make_unique<llm_graph_input_mask_kept>(mctx, ubatch.n_tokens);

    for (const auto & layer : layers) {
        inp->slices.push_back(n_kept[layer.il]);
    }
    std::sort(inp->slices.begin(), inp->slices.end());
    inp->slices.erase(std::unique(inp->slices.begin(), inp->slices.end()), inp->slices.end());

    size_t n = 0;
    for (uint32_t n_kept_slice : inp->slices) {
        n += slice_size(inp->n_kv - n_kept_max + n_kept_slice, inp->n_tokens);
    }

    inp->mask = ggml_new_tensor_1d(ctx, GGML_TYPE_F16, n);
    ggml_set_input(inp->mask);
    ggml_set_name(inp->mask, "attn_inp_kq_mask_kept");

    std::vector<ggml_tensor *> views;

    size_t offs = 0;
    for (uint32_t n_kept_slice : inp->slices) {
        const uint32_t n_kv = inp->n_kv - n_kept_max + n_kept_slice;

        views.push_back(ggml_view_2d(ctx, inp->mask, n_kv, inp->n_tokens, n_kv*sizeof(ggml_fp16_t), offs*sizeof(ggml_fp16_t)));
        offs += slice_size(n_kv, inp->n_tokens);
    }

    std::vector<ggml_tensor *> masks(n_kept.size());

    for (const auto & layer : layers) {
        masks[layer.il] = views[std::lower_bound(inp->slices.begin(), inp->slices.end(), n_kept[layer.il]) - inp->slices.begin()];
    }

    res.add_input(std::move(inp));

    return masks;
}

void llama_kv_cache_kept::set_input_mask(ggml_tensor * dst, const llama_ubatch * ubatch, uint32_t n_kv, const std::vector<uint32_t> & n_kept_slice) const {
    GGML_ASSERT(ggml_backend_buffer_is_host(dst->buffer));

    const auto & cells = v_cells[0];

    const ggml_fp16_t mask_keep = ggml_fp32_to_fp16(0.0f);
    const ggml_fp16_t mask_drop = ggml_fp32_to_fp16(-INFINITY);

    std::vector<ggml_fp16_t> row(n_kv); // over all cells

    for (uint32_t i = 0; i < ubatch->n_tokens; ++i) {
        for (uint32_t j = 0; j < n_kv; ++j) {
            row[j] = !cells.is_empty(j) && cells.pos_get(j) <= ubatch->pos[i] ? mask_keep : mask_drop;
        }

        ggml_fp16_t * data = (ggml_fp16_t *) dst->data;

        for (uint32_t n : n_kept_slice) {
            const uint32_t n_cur = n_kv - n_kept_max + n;

            memcpy(data + (size_t) i*n_cur, row.data() + n_kv - n_cur, n_cur*sizeof(ggml_fp16_t));
            data += slice_size(n_cur, ubatch->n_tokens);
        }
    }
}
