#include "llama-kv-kept.h"

#include "llama-impl.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

// letting go of rows while a document is read: what the keys look like, and which rows stay

// rows in use: after reading in order, after compacting, and after cutting off an end they are the first ones
static uint32_t rows_in_use(const llama_kv_cells & cells) {
    const uint32_t n = cells.get_used();

    if (n == 0 || cells.used_max_p1() != n || cells.get_has_shift()) {
        throw std::runtime_error("the cache does not hold one sequence without holes");
    }

    return n;
}

std::vector<float> llama_kv_cache_kept::key_similarity(int32_t il) const {
    if (!is_reading()) {
        throw std::runtime_error("keys are compared in a reading cache");
    }

    const auto & k = layers[map_layer_ids.at(il)].k;

    const uint32_t n_rows = rows_in_use(v_cells[0]);
    const uint32_t n_head = hparams.n_head_kv(il);
    const size_t   n_embd = k->ne[0];
    const size_t   n      = n_embd/n_head;

    std::vector<uint8_t> buf(n_rows*k->nb[1]);
    ggml_backend_tensor_get(k, buf.data(), 0, buf.size());

    std::vector<float> row(n_embd);
    std::vector<float> mean(n_embd, 0.0f);
    std::vector<float> norms(n_rows*n_head);

    const auto read_row = [&](uint32_t i) {
        const uint8_t * from = buf.data() + i*k->nb[1];

        if (k->type == GGML_TYPE_F32) {
            std::copy_n((const float *) from, n_embd, row.data());
        } else {
            ggml_get_type_traits(k->type)->to_float(from, row.data(), n_embd);
        }
    };

    const auto dot = [n](const float * a, const float * b) {
        float sum = 0.0f;
        for (size_t j = 0; j < n; ++j) {
            sum += a[j]*b[j];
        }
        return sum;
    };

    for (uint32_t i = 0; i < n_rows; ++i) {
        read_row(i);

        for (uint32_t h = 0; h < n_head; ++h) {
            const float norm = norms[h*n_rows + i] = std::max(1e-12f, sqrtf(dot(&row[h*n], &row[h*n])));

            for (size_t j = h*n; j < (h + 1)*n; ++j) {
                mean[j] += row[j]/norm;
            }
        }
    }

    std::vector<float> res(n_rows*n_head);

    for (uint32_t i = 0; i < n_rows; ++i) {
        read_row(i);

        for (uint32_t h = 0; h < n_head; ++h) {
            const float norm_mean = std::max(1e-12f, sqrtf(dot(&mean[h*n], &mean[h*n])));

            res[h*n_rows + i] = dot(&row[h*n], &mean[h*n])/(norms[h*n_rows + i]*norm_mean);
        }
    }

    return res;
}

void llama_kv_cache_kept::compact(uint32_t n, const std::vector<std::vector<uint32_t>> & rows) {
    if (!is_reading()) {
        throw std::runtime_error("only a reading cache is compacted");
    }
    if (rows.size() != n_kept.size()) {
        throw std::runtime_error(format("rows for %zu layers are needed, got %zu", n_kept.size(), rows.size()));
    }

    const uint32_t n_used = rows_in_use(v_cells[0]);

    if (n == 0) {
        throw std::runtime_error("at least one row has to stay");
    }

    for (uint32_t il = 0; il < rows.size(); ++il) {
        if (has_window(hparams, il)) {
            if (!rows[il].empty()) {
                throw std::runtime_error(format("layer %u has a sliding window and keeps no other rows", il));
            }
            continue;
        }
        if (rows[il].size() != n && rows[il].size() != (size_t) n*hparams.n_head_kv(il)) {
            throw std::runtime_error(format("layer %u keeps %u rows of %u heads, got %zu", il, n, hparams.n_head_kv(il), rows[il].size()));
        }
        for (size_t i = 0; i < rows[il].size(); ++i) {
            if (rows[il][i] >= n_used) {
                throw std::runtime_error(format("row %u of layer %u is not in use", rows[il][i], il));
            }
            if (i % n > 0 && rows[il][i] <= rows[il][i - 1]) {
                throw std::runtime_error(format("the rows of layer %u are not ascending", il));
            }
        }
    }

    for (const auto & layer : layers) {
        llama_kv_gather_rows(layer.k, 0, layer.k, n, 0, rows[layer.il]);
        llama_kv_gather_rows(layer.v, 0, layer.v, n, 0, rows[layer.il]);
    }

    const llama_pos n_pos = v_cells[0].seq_pos_max(0) + 1;

    clear(false);

    for (uint32_t i = 0; i < n; ++i) {
        v_cells[0].pos_set(i, n_pos - 1);
        v_cells[0].seq_add(i, 0);
    }

    n_pos_compacted = n_pos;
}
