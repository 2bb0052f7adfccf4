import { StrictMode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { languageOf } from "../preload/language.ts";
import { App } from "./App.tsx";
import { connect } from "./actions.ts";
import { connectHost } from "./bridge.ts";
import { speak } from "./language.ts";
import { useFolio } from "./store.ts";
import "./styles/fonts.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/library.css";
import "./styles/welcome.css";
import "./styles/document.css";
import "./styles/bars.css";
import "./styles/sheet.css";
import "./styles/pdf.css";
import "./styles/chat.css";
import "./styles/answer.css";
import "./styles/notices.css";
import "./styles/composer.css";
import "./styles/gauge.css";
import "./styles/dialogs.css";
import "./styles/settings.css";
import "./styles/budget.css";
import "./styles/models.css";
import "./styles/model-page.css";
import "./styles/search.css";
import "./styles/compare.css";
import "./styles/extent.css";

const speakAsSet = () => speak(languageOf(useFolio.getState().settings.language, navigator.languages));
speakAsSet();
useFolio.subscribe(speakAsSet);
void connect(connectHost());
// Drawn before the page counts as loaded: whoever sees it can use its keys.
flushSync(() =>
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
