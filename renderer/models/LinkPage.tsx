import { useEffect, useState } from "react";
import type { FolderListing } from "../../preload/api.ts";
import { bytes } from "../format.ts";
import { ArrowLeft, ArrowUp, Cpu, Folder } from "../icons.ts";
import { t } from "../language.ts";
import { linkModel, listFolder, showModels } from "./actions.ts";

/** Looks for a model file, or a folder of models, on this computer; nothing is copied or moved. */
export function LinkPage() {
  const [listing, setListing] = useState<FolderListing | null>(null);
  const [typed, setTyped] = useState("");
  const go = async (path: string | null) => {
    const found = await listFolder(path);
    if (!found) return;
    setListing(found);
    // Where it begins is no reason to lose what somebody has typed meanwhile.
    setTyped((typed) => (path === null && typed !== "" ? typed : found.path));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first folder is asked for once.
  useEffect(() => void go(null), []);
  const inside = (name: string) => `${listing?.path.replace(/[\\/]$/, "")}${listing?.path.includes("\\") ? "\\" : "/"}${name}`;
  return (
    <div className="link-page">
      <button type="button" className="link back" onClick={showModels}>
        <ArrowLeft aria-hidden="true" /> {t("All models")}
      </button>
      <p className="lead">
        {t("Choose a GGUF file, or a folder with models in it, for example LM Studio's. It is used where it is: nothing is copied.")}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void linkModel(typed);
        }}
      >
        <input
          aria-label={t("Path of a file or folder")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          spellCheck={false}
        />
        <button type="submit" className="button primary" disabled={typed.trim() === ""}>
          {t("Link it")}
        </button>
      </form>
      {listing && (
        <ul className="folder-list" aria-label={t("In {folder}", { folder: listing.path })}>
          {listing.parent !== null && (
            <li>
              <button type="button" onClick={() => void go(listing.parent)}>
                <ArrowUp aria-hidden="true" /> {t("The folder above")}
              </button>
            </li>
          )}
          {listing.folders.map((name) => (
            <li key={`folder ${name}`}>
              <button type="button" onClick={() => void go(inside(name))}>
                <Folder aria-hidden="true" /> {name}
              </button>
            </li>
          ))}
          {listing.models.map(({ name, bytes: size }) => (
            <li key={`model ${name}`} data-model>
              <button type="button" onClick={() => void linkModel(inside(name))}>
                <Cpu aria-hidden="true" /> {name} <small className="number">{bytes(size)}</small>
              </button>
            </li>
          ))}
          {listing.models.length > 0 && (
            <li className="all">
              <button type="button" className="link" onClick={() => void linkModel(listing.path)}>
                {t("Link the folder with {count} models", { count: listing.models.length })}
              </button>
            </li>
          )}
          {listing.folders.length + listing.models.length === 0 && <li className="nothing">{t("Nothing here that Folio could use.")}</li>}
        </ul>
      )}
    </div>
  );
}
