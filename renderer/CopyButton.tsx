import { useState } from "react";
import { copyText } from "./copies.ts";
import { IconButton } from "./Hint.tsx";
import { Check, Copy } from "./icons.ts";
import { t } from "./language.ts";

/** Puts a text on the clipboard, and says for a moment that it did. */
export function CopyButton({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <IconButton label={copied ? t("Copied") : label} onClick={() => void copy()}>
      {copied ? <Check /> : <Copy />}
    </IconButton>
  );
}
