#include <cmath>
#include <limits>

#include "ggml-backend.h"
#include "ggml-cpu.h"

#include "llama-context.h"
#include "llama-model.h"

#include "AddonContext.h"
#include "AddonKv.h"
#include "AddonModel.h"

static Napi::Error error(const Napi::Env& env, const std::string& message) {
    return Napi::Error::New(env, message);
}

uint32_t addonKvWholeNumber(const Napi::Value& value, const char* name) {
    constexpr uint32_t max = std::numeric_limits<int32_t>::max()/2;
    const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;

    if (!(number >= 0 && number <= max) || number != std::floor(number)) {
        throw error(value.Env(), std::string(name) + " has to be a whole number from 0 to " + std::to_string(max));
    }

    return static_cast<uint32_t>(number);
}

bool addonKvIsUint32Array(const Napi::Value& value) {
    return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint32_array;
}

void AddonKvLayout::read(const Napi::Object& options) {
    const auto env = options.Env();
    const auto option = options.Get("kvLayout");

    if (option.IsUndefined()) {
        return;
    }
    if (!option.IsObject() || !addonKvIsUint32Array(option.As<Napi::Object>().Get("kept"))) {
        throw error(env, "kvLayout needs { kept: Uint32Array, tail: number }");
    }

    const auto array = option.As<Napi::Object>().Get("kept").As<Napi::Uint32Array>();
    if (array.ElementLength() == 0) {
        throw error(env, "kvLayout.kept has no layers");
    }

    kept.assign(array.Data(), array.Data() + array.ElementLength());
    layout.n_tail = addonKvWholeNumber(option.As<Napi::Object>().Get("tail"), "kvLayout.tail");
    if (option.As<Napi::Object>().Has("back")) {
        layout.n_back = addonKvWholeNumber(option.As<Napi::Object>().Get("back"), "kvLayout.back");
    }
    layout.n_layer = kept.size();
    layout.n_kept = kept.data();
}

llama_kv_cache_kept* addonKvKeptCache(const AddonContext* context) {
    return llama_kv_kept_of(llama_get_memory(context->ctx));
}

uint32_t addonKvLayer(const AddonContext* context, const Napi::Value& value) {
    const uint32_t layer = addonKvWholeNumber(value, "layer");
    if (layer >= context->model->model->hparams.n_layer()) {
        throw error(value.Env(), "The model has no layer " + std::to_string(layer));
    }

    return layer;
}

std::vector<std::vector<uint32_t>> addonKvRows(const Napi::Value& value, const char* method) {
    const auto refuse = [&]() { return error(value.Env(), std::string(method) + " needs the rows of each layer as Uint32Array[]"); };

    if (!value.IsArray()) {
        throw refuse();
    }

    const auto array = value.As<Napi::Array>();
    std::vector<std::vector<uint32_t>> rows;

    for (uint32_t i = 0; i < array.Length(); i++) {
        const Napi::Value layer = array.Get(i);
        if (!addonKvIsUint32Array(layer)) {
            throw refuse();
        }
        const auto data = layer.As<Napi::Uint32Array>();
        rows.emplace_back(data.Data(), data.Data() + data.ElementLength());
    }

    return rows;
}

// The CPU backend is loaded at run time, so its functions cannot be linked.
template<typename Function> static Function* fromCpuBackend(const char* name) {
    const auto reg = ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
    return reinterpret_cast<Function*>(ggml_backend_reg_get_proc_address(reg, name));
}

AddonKvThreads::~AddonKvThreads() {
    stop();
}

void AddonKvThreads::start(llama_context* ctx) {
    const int32_t n_threads = llama_n_threads(ctx);
    const auto create = fromCpuBackend<decltype(ggml_threadpool_new)>("ggml_threadpool_new");

    if (n_threads < 2 || create == nullptr) {
        return;
    }

    auto params = ggml_threadpool_params_default(n_threads);
    params.poll = 0; // no core is kept busy between two graphs
    pool = create(&params);
    llama_attach_threadpool(ctx, pool, pool);
}

void AddonKvThreads::stop() {
    if (pool != nullptr) {
        fromCpuBackend<decltype(ggml_threadpool_free)>("ggml_threadpool_free")(pool);
        pool = nullptr;
    }
}

AddonKvBusy::AddonKvBusy(AddonContext* context) : context(context) {
    context->kvBusy++;
}
AddonKvBusy::~AddonKvBusy() {
    context->kvBusy--;
}

void addonKvRequireIdle(const Napi::Env& env, const AddonContext* context) {
    if (context->disposed) {
        throw error(env, "Context is disposed");
    }
    if (!context->contextLoaded) {
        throw error(env, "Context is not loaded");
    }
    if (context->kvBusy > 0) {
        throw error(env, "Context is busy; wait for the running call first");
    }
}

void addonKvRequireStockCache(const Napi::Env& env, const AddonContext* context, const char* action) {
    if (context->kvLayout.isSet()) {
        throw error(env, std::string("An answering cache cannot ") + action);
    }
}

std::string addonKvRefused(const AddonContext* context) {
    const auto& params = context->context_params;

    llama_cparams cparams{};
    cparams.flash_attn = params.flash_attn_type == LLAMA_FLASH_ATTN_TYPE_ENABLED;
    cparams.causal_attn = context->model->model->hparams.causal_attn;
    cparams.n_seq_max = params.n_seq_max;
    cparams.n_ctx_seq = params.n_ctx > 0 ? GGML_PAD(params.n_ctx, 256) : context->model->model->hparams.n_ctx_train;

    return llama_kv_cache_kept::refused(*context->model->model, cparams, context->kvLayout.layout);
}

const char* addonKvProbeError(const AddonContext* context) {
    const auto probe = context->ctx->get_cparams().attn_probe;

    return probe.n > 0 && probe.first + probe.n > static_cast<uint32_t>(context->batch.n_tokens)
        ? "The rows of the attention probe are not within the batch"
        : nullptr;
}

void addonKvHoldProbe(AddonContext* context) {
    const auto probe = context->ctx->get_cparams().attn_probe;

    if (probe.n > 0) {
        context->ctx->hold_attn_probe(context->batch.pos + probe.first);
    }
}

Napi::Value addonFolioKvVersion(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), folioKvVersion);
}
