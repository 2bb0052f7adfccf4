import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { FolioApi } from "../preload/api.ts";
import { App } from "./App.tsx";
import { connect } from "./actions.ts";
import { connectBrowserHost } from "./bridge.ts";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/library.css";
import "./styles/welcome.css";
import "./styles/document.css";
import "./styles/chat.css";
import "./styles/notices.css";
import "./styles/composer.css";
import "./styles/gauge.css";
import "./styles/dialogs.css";

declare global {
  interface Window {
    /** Set by the preload script under Electron; absent in a browser, where the bridge speaks to the host instead. */
    folio?: FolioApi;
  }
}

void connect(window.folio ?? connectBrowserHost());
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
