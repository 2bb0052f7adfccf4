#pragma once

#include <functional>
#include <mutex>

#include "AddonContext.h"
#include "AddonKv.h"

// Runs `work` in a worker thread, then `result` in JavaScript's. What `work` throws rejects the promise. No context of it is disposed meanwhile.
class AddonKvWorker : public Napi::AsyncWorker {
    public:
        using Result = std::function<Napi::Value(const Napi::Env&)>;

        AddonKvWorker(
            const Napi::Env& env, AddonContext* context, AddonContext* other, std::function<void()> work,
            Result result = [](const Napi::Env& env) { return env.Undefined(); }
        )
            : Napi::AsyncWorker(env, "AddonKvWorker"),
              context(context), other(other), busy(context), otherBusy(other),
              work(std::move(work)), result(std::move(result)),
              deferred(Napi::Promise::Deferred::New(env)) {
            context->Ref();
            other->Ref();
        }
        ~AddonKvWorker() {
            context->Unref();
            other->Unref();
        }

        Napi::Promise GetPromise() {
            return deferred.Promise();
        }

    protected:
        AddonContext* context;
        AddonContext* other;
        AddonKvBusy busy;
        AddonKvBusy otherBusy;
        std::function<void()> work;
        Result result;
        Napi::Promise::Deferred deferred;

        void Execute() override {
            std::unique_lock<std::mutex> lock(context->disposeMutex, std::defer_lock);
            std::unique_lock<std::mutex> otherLock(other->disposeMutex, std::defer_lock);
            if (context == other) {
                lock.lock();
            } else {
                std::lock(lock, otherLock);
            }

            if (context->ctx == nullptr || other->ctx == nullptr) {
                SetError("Context is disposed");
                return;
            }

            try {
                work();
            } catch (const std::exception& e) {
                SetError(e.what());
            }
        }
        void OnOK() override {
            deferred.Resolve(result(Env()));
        }
        void OnError(const Napi::Error& err) override {
            deferred.Reject(err.Value());
        }
};
