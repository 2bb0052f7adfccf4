#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "llama-kv-window.h"
#include "napi.h"

class AddonContext;

// What Folio adds to AddonContext: the attention probe of a reading context, the layout of an answering context,
// the gathering of rows from one into the other. The methods themselves are declared in AddonContext.h.

constexpr int folioKvVersion = 3;

// The `kvLayout` option of a new context. Empty for a stock context.
struct AddonKvLayout {
    std::vector<uint32_t> kept;
    llama_kv_layout layout{};

    // Throws a Napi::Error when the option is malformed.
    void read(const Napi::Object& options);

    bool isSet() const { return !kept.empty(); }
};

// The threads that a context computes with, kept from one graph to the next: ggml starts new ones for every graph otherwise, thus for every word.
class AddonKvThreads {
    public:
        AddonKvThreads() = default;
        AddonKvThreads(const AddonKvThreads&) = delete;
        ~AddonKvThreads();

        void start(llama_context* ctx);

        // After the context was freed.
        void stop();

    private:
        ggml_threadpool* pool = nullptr;
};

// The value as a whole number of rows, tokens or layers. Throws a Napi::Error that calls it `name` when it is not one.
uint32_t addonKvWholeNumber(const Napi::Value& value, const char* name);

bool addonKvIsUint32Array(const Napi::Value& value);

// Counts what runs on a context in worker threads. Touched on the JavaScript thread only.
class AddonKvBusy {
    public:
        explicit AddonKvBusy(AddonContext* context);
        ~AddonKvBusy();

    private:
        AddonContext* context;
};

// Throws "Context is disposed", "... not loaded" or "... busy".
void addonKvRequireIdle(const Napi::Env& env, const AddonContext* context);

// Throws when the context holds an answering cache, which cannot do `action` ("be saved").
void addonKvRequireStockCache(const Napi::Env& env, const AddonContext* context, const char* action);

// The cache with Folio's layout that the context holds, or nullptr.
llama_kv_cache_kept* addonKvKeptCache(const AddonContext* context);

// The number as a layer of the model. Throws a Napi::Error when there is no such layer.
uint32_t addonKvLayer(const AddonContext* context, const Napi::Value& value);

// Lists of rows, one for each layer. Throws a Napi::Error that names `method` when they are something else.
std::vector<std::vector<uint32_t>> addonKvRows(const Napi::Value& value, const char* method);

// Why the answering cache of a new context is refused, or "".
std::string addonKvRefused(const AddonContext* context);

// Why the batch of the context cannot be decoded with the attention probe that is set, or nullptr.
const char* addonKvProbeError(const AddonContext* context);

// Sets the queries aside that the decoded batch was to be probed for.
void addonKvHoldProbe(AddonContext* context);

Napi::Value addonFolioKvVersion(const Napi::CallbackInfo& info);
