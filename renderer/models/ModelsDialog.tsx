import { useEffect } from "react";
import type { ModelEntry } from "../../preload/api.ts";
import { bytes } from "../format.ts";
import { FolderPlus } from "../icons.ts";
import { t } from "../language.ts";
import { Modal } from "../Modal.tsx";
import { useFolio } from "../store.ts";
import { refreshModels, showLinking } from "./actions.ts";
import { type Fit, recommended } from "./fit.ts";
import { LinkPage } from "./LinkPage.tsx";
import { ModelPage } from "./ModelPage.tsx";
import { ModelRow } from "./ModelRow.tsx";
import { useFits } from "./useFits.ts";

const sizeWords = { small: "Small and quick", balanced: "Balanced", large: "Large and thorough" } as const;
const sizes = Object.keys(sizeWords) as (keyof typeof sizeWords)[];

/** The models of this computer, those that can be fetched, and a page for each. */
export function ModelsDialog({ page }: { page: string | null }) {
  const entry = useFolio((s) => s.models.find(({ id }) => id === page) ?? null);
  useEffect(() => void refreshModels(), []);
  return (
    <Modal title={page === "link" ? t("Use a model that is here already") : entry ? entry.name : t("Models")} className="models" key={page}>
      {page === "link" ? <LinkPage /> : entry ? <ModelPage entry={entry} /> : <ModelList />}
    </Modal>
  );
}

function ModelList() {
  const fits = useFits();
  const machine = useFolio((s) => s.machine);
  const totalBytes = useFolio((s) => s.memory.systemTotalBytes);
  const best = recommended(fits, machine)?.id ?? null;
  const here = fits.filter(({ entry }) => entry.file !== null);
  const offered = fits.filter(({ entry }) => entry.file === null);
  const tokens = fits.find(({ fit }) => fit)?.fit?.tokens;
  return (
    <div className="model-list">
      <p className="lead">
        {t("This computer has {bytes} of memory and {cores}.", {
          bytes: bytes(totalBytes),
          cores: t("{count} cores", { count: machine.cores }),
        })}
        {tokens !== undefined && ` ${t("Whether a model fits is said for {tokens} tokens of documents.", { tokens })}`}
      </p>
      <Group title={t("On this computer")} rows={here} best={best} />
      <button type="button" className="button link-model" onClick={showLinking}>
        <FolderPlus aria-hidden="true" /> {t("Use a model that is here already…")}
      </button>
      {sizes.map((size) => (
        <Group key={size} title={t(sizeWords[size])} rows={offered.filter(({ entry }) => entry.offer?.size === size)} best={best} />
      ))}
      <p className="small-print">
        {t(
          "Models are fetched from huggingface.co, only when you press Download, and checked against a known checksum. Nothing of yours is sent.",
        )}
      </p>
    </div>
  );
}

function Group({ title, rows, best }: { title: string; rows: readonly { entry: ModelEntry; fit: Fit | null }[]; best: string | null }) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {rows.map(({ entry, fit }) => (
          <ModelRow key={entry.id} entry={entry} fit={fit} best={entry.id === best} />
        ))}
      </ul>
    </section>
  );
}
