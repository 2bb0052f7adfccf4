#include <algorithm>

#include "llama-context.h"
#include "llama-model.h"

#include "AddonKvWorker.h"
#include "AddonModel.h"

// Letting go of rows while a document is read.

Napi::Value AddonContext::GetKeySimilarity(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    const uint32_t layer = addonKvLayer(this, info[0]);
    const auto* kept = addonKvKeptCache(this);

    if (kept == nullptr || llama_kv_cache_kept::has_window(model->model->hparams, layer)) {
        throw Napi::Error::New(info.Env(), "Keys are compared in layers without a sliding window, in a context with a kvLayout");
    }

    try {
        ctx->synchronize();
        const auto similarity = kept->key_similarity(layer);

        auto result = Napi::Float32Array::New(info.Env(), similarity.size());
        std::copy(similarity.begin(), similarity.end(), result.Data());
        return result;
    } catch (const std::exception& e) {
        throw Napi::Error::New(info.Env(), e.what());
    }
}

Napi::Value AddonContext::CompactKv(const Napi::CallbackInfo& info) {
    addonKvRequireIdle(info.Env(), this);

    auto* kept = addonKvKeptCache(this);
    if (kept == nullptr) {
        throw Napi::Error::New(info.Env(), "Only a context with a kvLayout can be compacted");
    }

    const uint32_t count = addonKvWholeNumber(info[0], "count");
    auto rows = addonKvRows(info[1], "compactKv");

    auto* worker = new AddonKvWorker(info.Env(), this, this, [this, kept, count, rows = std::move(rows)]() {
        ctx->synchronize();
        kept->compact(count, rows);
    });
    worker->Queue();

    return worker->GetPromise();
}
