#pragma once

#include "llama-kv-cache-iswa.h"
#include "llama-kv-kept.h"

//
// models that mix layers with a sliding window and layers without
//

// the rows of the layers with a window, which are few already and never chosen from. they lie in a ring: the cell of a position is the
// position modulo the number of cells. so the order in which they are summed, and with it every bit of a result, depends on
// positions alone, not on what was taken back before

class llama_kv_cache_window : public llama_kv_cache {
public:
    llama_kv_cache_window(const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams);

    // whether the rows are there that a token at this position may see
    bool has_rows_for(llama_pos pos) const { return has_rows_for(*this, pos, n_swa); }

    // copy the rows of src that a token at position pos may see; true positions stay. check() throws when they are not all there
    void check (const llama_kv_cache & src, llama_pos pos) const;
    void gather(const llama_kv_cache & src, llama_pos pos);

    slot_info find_slot(const llama_ubatch & ubatch, bool cont) const override;

private:
    static bool has_rows_for(const llama_kv_cache & kv, llama_pos pos, uint32_t n_swa);
};

// llama_kv_cache_kept for the layers without a window, llama_kv_cache_window for the others

class llama_kv_cache_kept_iswa : public llama_kv_cache_iswa {
public:
    llama_kv_cache_kept_iswa(const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams);

    llama_kv_cache_kept   & get_kept  () const { return static_cast<llama_kv_cache_kept   &>(*get_base()); }
    llama_kv_cache_window & get_window() const { return static_cast<llama_kv_cache_window &>(*get_swa ()); }

    void gather(const llama_kv_cache_iswa & src, const std::vector<std::vector<uint32_t>> & rows);

    // false when rows would be missing afterwards that the next token may see
    bool seq_rm(llama_seq_id seq_id, llama_pos p0, llama_pos p1) override;
};

// whichever of these a memory is

llama_memory_i * llama_kv_kept_create(const llama_model & model, const llama_memory_params & params, const llama_cparams & cparams);

// nullptr: a stock memory
llama_kv_cache_kept * llama_kv_kept_of(llama_memory_i * memory);

// see llama_kv_cache_kept::gather
void llama_kv_kept_gather(llama_memory_i * dst, const llama_memory_i * src, const std::vector<std::vector<uint32_t>> & rows);

// per layer of the model
std::vector<llama_kv_layer_report> llama_kv_kept_report(const llama_memory_i * memory);
