#include "llama-kv-kept.h"

#include "llama-impl.h"

#include <stdexcept>

// whole rows of a reading cache, out and in again: what a snapshot is made of

// a cache without holes, where the cell of a position is the position: after reading in order, and after cutting off an end
static uint32_t whole_length(const llama_kv_cells & cells) {
    const uint32_t n_pos = cells.seq_pos_max(0) + 1;

    if (cells.get_used() != n_pos || cells.get_has_shift()) {
        throw std::runtime_error("the cache does not hold one whole sequence");
    }
    for (uint32_t i = 0; i < n_pos; ++i) {
        if (cells.is_empty(i) || cells.pos_get(i) != (llama_pos) i) {
            throw std::runtime_error("the cache does not hold one whole sequence in order");
        }
    }

    return n_pos;
}

static void check_range(uint32_t p0, uint32_t p1, uint32_t n_max) {
    if (p0 >= p1 || p1 > n_max) {
        throw std::runtime_error(format("positions %u to %u are not within 0 to %u", p0, p1, n_max));
    }
}

size_t llama_kv_cache_kept::n_bytes_row(const llama_kv_cache & kv, int32_t il) {
    const auto & layer = kv.layers[kv.map_layer_ids.at(il)];

    return layer.k->nb[1] + layer.v->nb[1];
}

void llama_kv_cache_kept::get_rows(const llama_kv_cache & kv, int32_t il, uint32_t p0, uint32_t p1, uint8_t * data) {
    const auto * kept = dynamic_cast<const llama_kv_cache_kept *>(&kv);

    if ((kept && !kept->is_reading()) || kv.n_stream != 1 || kv.v_trans) {
        throw std::runtime_error("only a reading cache with one sequence gives out its rows");
    }

    check_range(p0, p1, whole_length(kv.v_cells[0]));

    const auto & layer = kv.layers[kv.map_layer_ids.at(il)];

    const size_t n_bytes_k = layer.k->nb[1];
    const size_t n_bytes_v = layer.v->nb[1];

    ggml_backend_tensor_get(layer.k, data,                       p0*n_bytes_k, (p1 - p0)*n_bytes_k);
    ggml_backend_tensor_get(layer.v, data + (p1 - p0)*n_bytes_k, p0*n_bytes_v, (p1 - p0)*n_bytes_v);
}

void llama_kv_cache_kept::set_rows(int32_t il, uint32_t p0, uint32_t p1, const uint8_t * data) {
    if (!is_reading()) {
        throw std::runtime_error("only a reading cache takes rows");
    }

    check_range(p0, p1, v_cells[0].size());

    if (p0 < whole_length(v_cells[0])) {
        throw std::runtime_error(format("position %u is in the cache already", p0));
    }

    const auto & layer = layers[map_layer_ids.at(il)];

    const size_t n_bytes_k = layer.k->nb[1];
    const size_t n_bytes_v = layer.v->nb[1];

    ggml_backend_tensor_set(layer.k, data,                       p0*n_bytes_k, (p1 - p0)*n_bytes_k);
    ggml_backend_tensor_set(layer.v, data + (p1 - p0)*n_bytes_k, p0*n_bytes_v, (p1 - p0)*n_bytes_v);
}

void llama_kv_cache_kept::set_length(uint32_t n_pos) {
    auto & cells = v_cells[0];

    if (!is_reading()) {
        throw std::runtime_error("only a reading cache takes rows");
    }

    check_range(0, n_pos, cells.size());

    for (uint32_t i = whole_length(cells); i < n_pos; ++i) {
        cells.pos_set(i, i);
        cells.seq_add(i, 0);
    }
}
