#pragma once

#include "llama-kv-cache.h"

#include <string>
#include <vector>

struct llama_memory_params;

//
// llama_kv_cache_kept
//

// a small cache to answer from: each layer holds only the rows of a document that were kept for it, and room for new tokens
//
//   cells       0 ........ M-b_l ........ M ........ M+T      M = max b_l, T = tail
//   layer l               [ b_l kept rows | T tail rows ]     b_l = 0 .. M, tensors of b_l + T rows
//
// all layers share one table of cells, one index tensor and, but for their length, one mask: a layer holds the end of the cells.
// the keys are rotated already when they are gathered, so each layer, even each head, keeps its own tokens. which tokens these
// were is not recorded: all kept cells carry the last position of the document, and the next token follows it

// with nothing kept in any layer (M = 0) it is a reading cache: a stock cache whose rows are allocated as needed, not for the whole window.
// it can be compacted while it reads, and goes on reading behind the rows that are left

// layers with a sliding window have no rows here, but in a cache of their own

struct llama_kv_layout {
    uint32_t         n_layer;
    const uint32_t * n_kept; // [n_layer] rows to keep, may be 0
    uint32_t         n_tail; // rows for new tokens
    uint32_t         n_back; // tokens that may be taken back without losing rows of sliding windows, see llama-kv-window.h
};

struct llama_kv_layer_report {
    uint32_t il;
    uint32_t n_rows;      // allocated
    uint32_t n_rows_used;
    size_t   n_bytes;
    size_t   n_bytes_used;
};

class llama_kv_cache_kept : public llama_kv_cache {
public:
    // throws when the model, the settings or the layout are refused
    llama_kv_cache_kept(const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams);

    // the part of a memory that rows are gathered from and into: its only cache, or that of the layers without a window.
    // nullptr when the memory is of another kind
    static const llama_kv_cache * base_of(const llama_memory_i * memory);

    // whether the layer has a sliding window
    static bool has_window(const llama_hparams & hparams, uint32_t il);

    // why the probe, this cache and gather() do not work with the model, "" when they do
    static std::string unsupported(const llama_model & model, const llama_cparams & cparams);

    // the same for the whole context
    static std::string unsupported(const llama_context & lctx);

    // the same for a new cache
    static std::string refused(const llama_model & model, const llama_cparams & cparams, const llama_kv_layout & layout);

    // copy rows of the cache src, which has to hold one whole sequence 0 .. N-1 in its cells
    //   rows[il]: positions, ascending: [n_kept] for all KV heads, or [n_head_kv][n_kept] for each head
    // sequence 0 continues at position N. throws before anything is changed
    void gather(const llama_kv_cache & src, const std::vector<std::vector<uint32_t>> & rows);

    // how alike the keys of a layer are: the cosine of each key with the mean of all of them brought to length one, [n_head_kv][n_rows].
    // only in a reading cache without holes
    std::vector<float> key_similarity(int32_t il) const;

    // let go of all but n rows in each layer, in place; the sequence continues at its position. throws before anything is changed
    //   rows[il]: rows of the cache, ascending: [n] for all KV heads, or [n_head_kv][n] for each head
    void compact(uint32_t n, const std::vector<std::vector<uint32_t>> & rows);

    // make room for more tokens, contents are kept. the context has to be told (llama_context::set_memory_moved)
    void grow(uint32_t n_tail_new);

    bool is_reading  () const { return n_kept_max == 0; }
    bool is_compacted() const { return n_pos_compacted > 0; }

    // whole rows of the positions p0 .. p1-1 of a layer, all keys and then all values; the cache has to hold one whole sequence
    static size_t n_bytes_row(const llama_kv_cache & kv, int32_t il);
    static void   get_rows   (const llama_kv_cache & kv, int32_t il, uint32_t p0, uint32_t p1, uint8_t * data);

    // put rows behind the sequence; they are part of it after set_length()
    void set_rows  (int32_t il, uint32_t p0, uint32_t p1, const uint8_t * data);
    void set_length(uint32_t n_pos);

    // per layer of the cache
    static std::vector<llama_kv_layer_report> report(const llama_kv_cache & kv);

    // the masks of the layers [n_layer], see llama_kv_kept_build_mask
    std::vector<ggml_tensor *> build_mask(ggml_context * ctx, llm_graph_result & res, const llama_kv_cache_context * mctx, const llama_ubatch & ubatch) const;

    // fills the slices of build_mask, one for each different number of kept rows
    void set_input_mask(ggml_tensor * dst, const llama_ubatch * ubatch, uint32_t n_kv, const std::vector<uint32_t> & n_kept_slice) const;

    //
    // llama_memory_i
    //

    bool get_can_shift() const override;

    void clear(bool data) override;

    bool seq_rm  (llama_seq_id seq_id,                              llama_pos p0, llama_pos p1) override;
    void seq_cp  (llama_seq_id seq_id_src, llama_seq_id seq_id_dst, llama_pos p0, llama_pos p1) override;
    void seq_add (llama_seq_id seq_id,                              llama_pos p0, llama_pos p1, llama_pos shift) override;
    void seq_div (llama_seq_id seq_id,                              llama_pos p0, llama_pos p1, int d) override;

    void state_write(llama_io_write_i & io, llama_seq_id seq_id = -1, llama_state_seq_flags flags = 0) const override;
    void state_read (llama_io_read_i  & io, llama_seq_id seq_id = -1, llama_state_seq_flags flags = 0) override;

    //
    // llama_kv_cache
    //

    ggml_tensor * get_k(ggml_context * ctx, int32_t il, uint32_t n_kv, const slot_info & sinfo) const override;
    ggml_tensor * get_v(ggml_context * ctx, int32_t il, uint32_t n_kv, const slot_info & sinfo) const override;

    ggml_tensor * cpy_k(ggml_context * ctx, ggml_tensor * k_cur, ggml_tensor * k_idxs, int32_t il, const slot_info & sinfo) const override;
    ggml_tensor * cpy_v(ggml_context * ctx, ggml_tensor * v_cur, ggml_tensor * v_idxs, int32_t il, const slot_info & sinfo) const override;

    slot_info find_slot(const llama_ubatch & ubatch, bool cont) const override;

    void set_input_k_idxs(ggml_tensor * dst, const llama_ubatch * ubatch, const slot_info & sinfo) const override;
    void set_input_v_idxs(ggml_tensor * dst, const llama_ubatch * ubatch, const slot_info & sinfo) const override;

private:
    std::vector<uint32_t> n_kept; // [n_layer]

    uint32_t n_kept_max;
    uint32_t n_tail;

    llama_pos n_pos_compacted = 0; // tokens before this position cannot be told apart any more

    // position of all kept cells, -1: nothing gathered
    llama_pos get_pos_kept() const;

    ggml_tensor * store(ggml_context * ctx, ggml_tensor * dst, ggml_tensor * cur, ggml_tensor * idxs, int32_t il) const;

    void set_input_idxs(ggml_tensor * dst, const slot_info & sinfo) const;
};

// copy the rows of src in the given cells to the rows of dst from `first` on
//   cells: [n_rows] or [n_head_kv][n_rows]
//   n_rot: the rotation of dst (see attn_rot_k), 0 = the rows have it already or do not need it
void llama_kv_gather_rows(ggml_tensor * dst, uint32_t first, const ggml_tensor * src, uint32_t n_rows, uint32_t n_rot, const std::vector<uint32_t> & cells);

// the rotations of new rows for keys and values that llama_kv_gather_rows has to do
struct llama_kv_rotation {
    llama_kv_rotation(const llama_kv_cache & dst, const llama_kv_cache & src);

    uint32_t k = 0;
    uint32_t v = 0;
};

// one mask for each layer of an answering cache [n_kv of the layer, n_tokens], nothing for other caches
std::vector<ggml_tensor *> llama_kv_kept_build_mask(ggml_context * ctx, llm_graph_result & res, const llama_kv_cache_context * mctx, const llama_ubatch & ubatch);
