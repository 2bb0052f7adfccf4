#include "llama-kv-kept.h"

#include "llama-impl.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

// what an answering cache does with whole rows: take them from a reading cache, make room for more, count them

//
// gather
//

void llama_kv_gather_rows(ggml_tensor * dst, uint32_t first, const ggml_tensor * src, uint32_t n_rows, uint32_t n_rot, const std::vector<uint32_t> & cells) {
    // read every row once, in runs
    std::vector<uint32_t> needed = cells;

    std::sort(needed.begin(), needed.end());
    needed.erase(std::unique(needed.begin(), needed.end()), needed.end());

    const size_t n_bytes_src = src->nb[1];
    const size_t n_bytes_dst = dst->nb[1];

    std::vector<uint8_t> buf_src(needed.size()*n_bytes_src);

    for (size_t i = 0; i < needed.size();) {
        size_t n = 1;
        while (i + n < needed.size() && needed[i + n] == needed[i] + n) {
            ++n;
        }
        ggml_backend_tensor_get(src, buf_src.data() + i*n_bytes_src, needed[i]*n_bytes_src, n*n_bytes_src);
        i += n;
    }

    // to the type of dst
    if (src->type != dst->type) {
        std::vector<uint8_t> buf(needed.size()*n_bytes_dst);
        std::vector<float>   row(src->ne[0]);

        for (size_t i = 0; i < needed.size(); ++i) {
            const uint8_t * from = buf_src.data() + i*n_bytes_src;

            if (src->type == GGML_TYPE_F32) {
                memcpy(row.data(), from, n_bytes_src);
            } else {
                ggml_get_type_traits(src->type)->to_float(from, row.data(), row.size());
            }

            // the product with ggml_gen_hadamard(n_rot), by butterflies
            for (size_t i0 = 0; n_rot > 0 && i0 < row.size(); i0 += n_rot) {
                for (uint32_t s = 1; s < n_rot; s *= 2) {
                    for (uint32_t j = 0; j < n_rot; ++j) {
                        if ((j & s) == 0) {
                            float & a = row[i0 + j];
                            float & b = row[i0 + j + s];

                            const float sum = a + b;

                            b = a - b;
                            a = sum;
                        }
                    }
                }
                for (uint32_t j = 0; j < n_rot; ++j) {
                    row[i0 + j] /= sqrtf(n_rot);
                }
            }

            ggml_quantize_chunk(dst->type, row.data(), buf.data() + i*n_bytes_dst, 0, 1, row.size(), nullptr);
        }

        buf_src = std::move(buf);
    }

    // the rows in order, head by head
    const size_t n_sets  = cells.size()/n_rows;
    const size_t n_bytes = n_bytes_dst/n_sets;

    std::vector<uint8_t> buf_dst(n_rows*n_bytes_dst);

    for (size_t h = 0; h < n_sets; ++h) {
        for (size_t i = 0; i < n_rows; ++i) {
            const size_t j = std::lower_bound(needed.begin(), needed.end(), cells[h*n_rows + i]) - needed.begin();

            memcpy(buf_dst.data() + i*n_bytes_dst + h*n_bytes, buf_src.data() + j*n_bytes_dst + h*n_bytes, n_bytes);
        }
    }

    ggml_backend_tensor_set(dst, buf_dst.data(), first*n_bytes_dst, buf_dst.size());
}

// as in build_input_k_rot and build_input_v_rot
llama_kv_rotation::llama_kv_rotation(const llama_kv_cache & dst, const llama_kv_cache & src) {
    if (dst.attn_rot_k && !src.attn_rot_k) {
        for (k = 64; dst.n_embd_head_k_all % (2*k) == 0;) {
            k *= 2;
        }
    }
    if (dst.attn_rot_v && !src.attn_rot_v) {
        v = 64;
    }
}

// the cells of positions 0 .. N-1
static std::vector<uint32_t> cells_by_pos(const llama_kv_cells & cells) {
    const uint32_t n_pos = cells.seq_pos_max(0) + 1;

    if (n_pos == 0) {
        throw std::runtime_error("the reading cache is empty");
    }
    if (cells.get_used() != n_pos || cells.get_has_shift()) {
        throw std::runtime_error("the reading cache does not hold one whole sequence");
    }

    std::vector<uint32_t> res(n_pos, UINT32_MAX);

    for (uint32_t i = 0; i < cells.used_max_p1(); ++i) {
        if (cells.is_empty(i)) {
            continue;
        }
        if (!cells.seq_has(i, 0) || res[cells.pos_get(i)] != UINT32_MAX) {
            throw std::runtime_error("the reading cache does not hold one whole sequence");
        }
        res[cells.pos_get(i)] = i;
    }

    return res;
}

void llama_kv_cache_kept::gather(const llama_kv_cache & src, const std::vector<std::vector<uint32_t>> & rows) {
    if (&src.model != &model) {
        throw std::runtime_error("the reading cache belongs to another model");
    }
    const auto * src_kept = dynamic_cast<const llama_kv_cache_kept *>(&src);

    if ((src_kept && !src_kept->is_reading()) || src.n_stream != 1) {
        throw std::runtime_error("rows are gathered from a reading cache with one sequence");
    }
    if (src.v_trans) {
        throw std::runtime_error("flash attention is off in the reading context");
    }
    if (rows.size() != n_kept.size()) {
        throw std::runtime_error(format("rows for %zu layers are needed, got %zu", n_kept.size(), rows.size()));
    }
    for (uint32_t il = 0; il < rows.size(); ++il) {
        if (has_window(hparams, il) && !rows[il].empty()) {
            throw std::runtime_error(format("layer %u has a sliding window and keeps no other rows", il));
        }
    }

    const auto cell_of = cells_by_pos(src.v_cells[0]);

    const uint32_t n_pos = cell_of.size();

    std::vector<std::vector<uint32_t>> cells(rows.size());

    for (const auto & layer : layers) {
        const uint32_t il = layer.il;
        const uint32_t n  = n_kept[il];

        const auto & pos = rows[il];

        if (pos.size() != n && pos.size() != (size_t) n*hparams.n_head_kv(il)) {
            throw std::runtime_error(format("layer %u keeps %u rows of %u heads, got %zu positions", il, n, hparams.n_head_kv(il), pos.size()));
        }

        for (size_t i = 0; i < pos.size(); ++i) {
            if (pos[i] >= n_pos) {
                throw std::runtime_error(format("position %u of layer %u is not in the reading cache of %u tokens", pos[i], il, n_pos));
            }
            if (i % n > 0 && pos[i] <= pos[i - 1]) {
                throw std::runtime_error(format("the positions of layer %u are not ascending", il));
            }
            cells[il].push_back(cell_of[pos[i]]);
        }

        const auto & layer_src = src.layers[src.map_layer_ids.at(il)];

        if ((layer_src.k->type != layer.k->type && ggml_is_quantized(layer_src.k->type)) ||
            (layer_src.v->type != layer.v->type && ggml_is_quantized(layer_src.v->type))) {
            throw std::runtime_error("rows of a quantized reading cache can only be gathered into a cache of the same type");
        }
    }

    const llama_kv_rotation rot(*this, src);

    for (const auto & layer : layers) {
        const uint32_t il = layer.il;

        if (n_kept[il] > 0) {
            const auto & layer_src = src.layers[src.map_layer_ids.at(il)];

            llama_kv_gather_rows(layer.k, 0, layer_src.k, n_kept[il], rot.k, cells[il]);
            llama_kv_gather_rows(layer.v, 0, layer_src.v, n_kept[il], rot.v, cells[il]);
        }
    }

    clear(false);

    for (uint32_t i = 0; i < n_kept_max; ++i) {
        v_cells[0].pos_set(i, n_pos - 1);
        v_cells[0].seq_add(i, 0);
    }
}

void llama_kv_cache_kept::grow(uint32_t n_tail_new) {
    if (n_tail_new <= n_tail) {
        throw std::runtime_error(format("the cache has room for %u new tokens already", n_tail));
    }

    auto layers_new = layers;

    decltype(ctxs_bufs) ctxs_bufs_new;

    for (const auto & [_, buf] : ctxs_bufs) {
        const ggml_init_params params = {
            /*.mem_size   =*/ 6u*layers.size()*ggml_tensor_overhead(),
            /*.mem_buffer =*/ NULL,
            /*.no_alloc   =*/ true,
        };

        ggml_context_ptr ctx { ggml_init(params) };

        std::vector<std::pair<ggml_tensor *, ggml_tensor *>> copies;

        const auto grown = [&](ggml_tensor * t, std::vector<ggml_tensor *> & t_stream) {
            ggml_tensor * res = ggml_new_tensor_3d(ctx.get(), t->type, t->ne[0], t->ne[1] + n_tail_new - n_tail, 1);
            ggml_set_name(res, t->name);

            t_stream = { ggml_view_2d(ctx.get(), res, res->ne[0], res->ne[1], res->nb[1], 0) };
            copies.emplace_back(t, ggml_view_2d(ctx.get(), res, t->ne[0], t->ne[1], t->nb[1], 0));

            return res;
        };

        for (auto & layer : layers_new) {
            if (layer.k->buffer == buf.get()) {
                layer.k = grown(layer.k, layer.k_stream);
                layer.v = grown(layer.v, layer.v_stream);
            }
        }

        ggml_backend_buffer_ptr buf_new { ggml_backend_alloc_ctx_tensors_from_buft(ctx.get(), ggml_backend_buffer_get_type(buf.get())) };
        if (!buf_new) {
            throw std::runtime_error("not enough memory for more tokens");
        }

        // no NaNs in rows that are not used yet
        ggml_backend_buffer_clear(buf_new.get(), 0);

        for (auto & [src, dst] : copies) {
            ggml_backend_tensor_copy(src, dst);
        }

        ctxs_bufs_new.emplace_back(std::move(ctx), std::move(buf_new));
    }

    layers    = std::move(layers_new);
    ctxs_bufs = std::move(ctxs_bufs_new);
    n_tail    = n_tail_new;

    auto & cells = v_cells[0];

    const auto cells_old = cells.cp(0, cells.size());

    cells.resize(n_kept_max + n_tail);
    cells.set(0, cells_old);
}

std::vector<llama_kv_layer_report> llama_kv_cache_kept::report(const llama_kv_cache & kv) {
    const auto * kept = dynamic_cast<const llama_kv_cache_kept *>(&kv);

    uint32_t n_used = 0;
    for (const auto & cells : kv.v_cells) {
        n_used += cells.get_used();
    }

    std::vector<llama_kv_layer_report> res;

    for (const auto & layer : kv.layers) {
        const size_t   n_bytes = ggml_nbytes(layer.k) + (layer.v ? ggml_nbytes(layer.v) : 0);
        const uint32_t n_rows  = layer.k->ne[1]*layer.k->ne[2];

        // kept cells that the layer does not have
        const uint32_t n_skip = kept && kept->get_pos_kept() >= 0 ? kept->n_kept_max - kept->n_kept[layer.il] : 0;

        res.push_back({ layer.il, n_rows, n_used - n_skip, n_bytes, n_bytes/n_rows*(n_used - n_skip) });
    }

    return res;
}
