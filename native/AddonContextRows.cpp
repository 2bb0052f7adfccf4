#include <string>

#include "llama-context.h"
#include "llama-model.h"

#include "AddonContext.h"
#include "AddonKv.h"
#include "AddonModel.h"

// Whole rows of a reading cache, out and in again: what a snapshot is made of.

static const llama_kv_cache* cacheOf(const Napi::Env& env, const AddonContext* context) {
    addonKvRequireIdle(env, context);

    const auto* kv = dynamic_cast<const llama_kv_cache*>(llama_get_memory(context->ctx));
    if (kv == nullptr) {
        const auto reason = llama_kv_cache_kept::unsupported(*context->ctx);
        throw Napi::Error::New(env, "This context gives out no rows: " + (reason.empty() ? "sliding-window layers" : reason));
    }

    return kv;
}

static llama_kv_cache_kept* readingCacheOf(const Napi::Env& env, const AddonContext* context) {
    addonKvRequireIdle(env, context);

    auto* kept = dynamic_cast<llama_kv_cache_kept*>(llama_get_memory(context->ctx));
    if (kept == nullptr || !kept->is_reading()) {
        throw Napi::Error::New(env, "Only a context with a kvLayout that keeps nothing takes rows");
    }

    return kept;
}

Napi::Value AddonContext::GetKvRowBytes(const Napi::CallbackInfo& info) {
    const auto* kv = cacheOf(info.Env(), this);
    const uint32_t layers = model->model->hparams.n_layer();

    auto result = Napi::Array::New(info.Env(), layers);
    for (uint32_t i = 0; i < layers; i++) {
        result.Set(i, static_cast<double>(llama_kv_cache_kept::n_bytes_row(*kv, i)));
    }

    return result;
}

Napi::Value AddonContext::GetKvRows(const Napi::CallbackInfo& info) {
    const auto* kv = cacheOf(info.Env(), this);
    const uint32_t layer = addonKvLayer(this, info[0]);
    const uint32_t from = addonKvWholeNumber(info[1], "from");
    const uint32_t to = addonKvWholeNumber(info[2], "to");

    // Refused here as well, before anything of that size is allocated.
    if (from >= to || to > llama_n_ctx(ctx)) {
        throw Napi::Error::New(info.Env(), "There are no such positions");
    }

    auto result = Napi::Uint8Array::New(info.Env(), (to - from)*llama_kv_cache_kept::n_bytes_row(*kv, layer));
    try {
        ctx->synchronize();
        llama_kv_cache_kept::get_rows(*kv, layer, from, to, result.Data());
    } catch (const std::exception& e) {
        throw Napi::Error::New(info.Env(), e.what());
    }

    return result;
}

Napi::Value AddonContext::SetKvRows(const Napi::CallbackInfo& info) {
    auto* kv = readingCacheOf(info.Env(), this);
    const uint32_t layer = addonKvLayer(this, info[0]);
    const uint32_t from = addonKvWholeNumber(info[1], "from");
    const uint32_t to = addonKvWholeNumber(info[2], "to");

    if (!info[3].IsTypedArray() || info[3].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
        throw Napi::Error::New(info.Env(), "setKvRows needs the rows as Uint8Array");
    }
    const auto rows = info[3].As<Napi::Uint8Array>();
    if (from >= to || rows.ByteLength() != (to - from)*llama_kv_cache_kept::n_bytes_row(*kv, layer)) {
        throw Napi::Error::New(info.Env(), "The rows have another length than these positions take");
    }

    try {
        ctx->synchronize();
        kv->set_rows(layer, from, to, rows.Data());
    } catch (const std::exception& e) {
        throw Napi::Error::New(info.Env(), e.what());
    }

    return info.Env().Undefined();
}

Napi::Value AddonContext::SetKvLength(const Napi::CallbackInfo& info) {
    auto* kv = readingCacheOf(info.Env(), this);
    const uint32_t length = addonKvWholeNumber(info[0], "length");

    try {
        kv->set_length(length);
    } catch (const std::exception& e) {
        throw Napi::Error::New(info.Env(), e.what());
    }

    return info.Env().Undefined();
}
