#include <algorithm>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "llama-context.h"
#include "llama-model.h"

#include "AddonContext.h"
#include "AddonKv.h"
#include "AddonKvWorker.h"
#include "AddonModel.h"

static Napi::Error error(const Napi::Env& env, const std::string& message) {
    return Napi::Error::New(env, message);
}

Napi::Value AddonContext::GetKvSupport(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    return Napi::String::New(info.Env(), llama_kv_cache_kept::unsupported(*ctx));
}

Napi::Value AddonContext::SetAttentionProbe(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);
    const auto * kept = addonKvKeptCache(this);
    if (kept != nullptr && !kept->is_reading()) {
        throw error(info.Env(), "An answering cache cannot be probed");
    }

    const uint32_t first = addonKvWholeNumber(info[0], "firstRow");
    const uint32_t n = addonKvWholeNumber(info[1], "rowCount");

    const auto reason = llama_kv_cache_kept::unsupported(*ctx);
    if (n > 0 && !reason.empty()) {
        throw error(info.Env(), "The attention of this model cannot be probed: " + reason);
    }
    if (static_cast<uint64_t>(first) + n > llama_n_ubatch(ctx)) {
        throw error(info.Env(), "The rows of the attention probe do not fit into one batch of " + std::to_string(llama_n_ubatch(ctx)) + " tokens");
    }

    if (n > 0) {
        ctx->set_attn_probe({ first, n });
    } else {
        ctx->drop_attn_probe();
    }

    return info.Env().Undefined();
}

// Attention by position, layer behind layer in one piece of memory: of many smaller ones the heap would keep holes.
struct AttentionByPosition {
    std::vector<float> data; // [layer][head][position], layers with a sliding window left out
    std::vector<size_t> lengths; // [layer]
};

static AttentionByPosition attentionByPosition(AddonContext* context) {
    const auto& hparams = context->model->model->hparams;

    AttentionByPosition result;

    context->ctx->compute_attn_probe([&](uint32_t layer, const std::vector<float>& mass) {
        const auto& cells = llama_kv_cache_kept::base_of(llama_get_memory(context->ctx))->get_cells(0);

        // Rows of a compacted cache have no positions of their own any more.
        const auto* kept = addonKvKeptCache(context);
        const bool byRow = kept != nullptr && kept->is_compacted();
        const size_t positions = byRow ? cells.used_max_p1() : cells.seq_pos_max(0) + 1;
        const size_t heads = hparams.n_head(layer);
        const size_t columns = mass.size()/heads;
        const size_t first = result.data.size();

        if (result.lengths.empty()) {
            result.lengths.resize(hparams.n_layer());
            result.data.reserve(hparams.n_layer()*heads*positions);
        }
        result.lengths[layer] = heads*positions;
        result.data.resize(first + heads*positions);

        for (size_t i = 0; i < columns; i++) {
            if (!cells.is_empty(i) && cells.seq_has(i, 0)) {
                for (size_t h = 0; h < heads; h++) {
                    result.data[first + h*positions + (byRow ? i : cells.pos_get(i))] += mass[h*columns + i];
                }
            }
        }
    });
    if (result.lengths.empty()) {
        throw std::runtime_error("Nothing was probed");
    }

    return result;
}

Napi::Value AddonContext::ProbeAttention(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    auto attention = std::make_shared<AttentionByPosition>();

    auto* worker = new AddonKvWorker(info.Env(), this, this, [this, attention]() {
        *attention = attentionByPosition(this);
    }, [attention](const Napi::Env& env) {
        const auto& [data, lengths] = *attention;
        auto buffer = Napi::ArrayBuffer::New(env, data.size()*sizeof(float));
        std::copy(data.begin(), data.end(), static_cast<float*>(buffer.Data()));

        auto result = Napi::Array::New(env, lengths.size());
        size_t first = 0;
        for (size_t layer = 0; layer < lengths.size(); layer++) {
            result.Set(layer, Napi::Float32Array::New(env, lengths[layer], buffer, first*sizeof(float)));
            first += lengths[layer];
        }
        return result;
    });
    worker->Queue();

    return worker->GetPromise();
}

Napi::Value AddonContext::GatherKv(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    const auto constructor = Value().Get("constructor");
    if (!info[0].IsObject() || !info[0].As<Napi::Object>().InstanceOf(constructor.As<Napi::Function>())) {
        throw error(info.Env(), "gatherKv needs the context to gather from");
    }

    auto* source = Napi::ObjectWrap<AddonContext>::Unwrap(info[0].As<Napi::Object>());
    addonKvRequireIdle(info.Env(), source);

    if (addonKvKeptCache(this) == nullptr) {
        throw error(info.Env(), "Rows can only be gathered into a context with a kvLayout");
    }
    if (llama_kv_cache_kept::base_of(llama_get_memory(source->ctx)) == nullptr) {
        throw error(info.Env(), "Rows cannot be gathered from this context: " + llama_kv_cache_kept::unsupported(*source->ctx));
    }
    if (model->model == source->model->model &&
        model->model->get_rope_factors(ctx->get_cparams(), 0) != model->model->get_rope_factors(source->ctx->get_cparams(), 0)) {
        throw error(info.Env(), "The two contexts turn positions in different ways; give both the same contextSize");
    }
    auto rows = addonKvRows(info[1], "gatherKv");

    auto* worker = new AddonKvWorker(info.Env(), this, source, [this, source, rows = std::move(rows)]() {
        source->ctx->synchronize();
        ctx->synchronize();
        llama_kv_kept_gather(llama_get_memory(ctx), llama_get_memory(source->ctx), rows);
    });
    worker->Queue();

    return worker->GetPromise();
}

Napi::Value AddonContext::GrowKvTail(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    auto* kept = addonKvKeptCache(this);
    if (kept == nullptr) {
        throw error(info.Env(), "Only a context with a kvLayout has a tail that can grow");
    }

    const uint32_t tail = addonKvWholeNumber(info[0], "tail");
    if (tail > llama_n_ctx(ctx)) {
        throw error(info.Env(), "The tail cannot have more rows than the context has positions, " + std::to_string(llama_n_ctx(ctx)));
    }

    auto* worker = new AddonKvWorker(info.Env(), this, this, [this, kept, tail]() {
        ctx->synchronize();
        kept->grow(tail);
        ctx->set_memory_moved();
    });
    worker->Queue();

    return worker->GetPromise();
}

Napi::Value AddonContext::GetKvReport(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    const auto layers = llama_kv_kept_report(llama_get_memory(ctx));

    uint64_t bytes = 0;
    uint64_t usedBytes = 0;
    uint64_t computeBytes = 0;

    auto list = Napi::Array::New(info.Env(), layers.size());
    for (size_t i = 0; i < layers.size(); i++) {
        auto layer = Napi::Object::New(info.Env());
        layer.Set("rows", layers[i].n_rows);
        layer.Set("usedRows", layers[i].n_rows_used);
        layer.Set("bytes", static_cast<double>(layers[i].n_bytes));
        layer.Set("usedBytes", static_cast<double>(layers[i].n_bytes_used));
        list.Set(i, layer);
        usedBytes += layers[i].n_bytes_used;
    }

    for (const auto& [_, breakdown] : ctx->memory_breakdown()) {
        bytes += breakdown.context;
        computeBytes += breakdown.compute;
    }

    auto result = Napi::Object::New(info.Env());
    result.Set("layers", list);
    result.Set("bytes", static_cast<double>(bytes));
    result.Set("usedBytes", static_cast<double>(usedBytes));
    result.Set("computeBytes", static_cast<double>(computeBytes));

    return result;
}

Napi::Value AddonContext::GetKvWindows(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    const auto& hparams = model->model->hparams;

    auto result = Napi::Array::New(info.Env(), hparams.n_layer());
    for (uint32_t i = 0; i < hparams.n_layer(); i++) {
        result.Set(i, llama_kv_cache_kept::has_window(hparams, i) ? hparams.n_swa : 0);
    }

    return result;
}

Napi::Value AddonContext::GetGraphReuseCount(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    return Napi::Number::New(info.Env(), llama_perf_context(ctx).n_reused);
}

Napi::Value AddonContext::GetLogits(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    const auto* logits = llama_get_logits_ith(ctx, addonKvWholeNumber(info[0], "batchLogitIndex"));
    if (logits == nullptr) {
        throw error(info.Env(), "The last batch has no logits for this token");
    }

    const size_t n = llama_vocab_n_tokens(model->vocab);
    auto result = Napi::Float32Array::New(info.Env(), n);
    memcpy(result.Data(), logits, n*sizeof(float));

    return result;
}
