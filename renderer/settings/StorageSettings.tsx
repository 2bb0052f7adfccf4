import { useEffect, useState } from "react";
import type { FolderName, SnapshotSizes } from "../../preload/api.ts";
import type { PlainText } from "../../preload/sentences.ts";
import { changeSettings } from "../actions.ts";
import { copyText } from "../copies.ts";
import { bytes } from "../format.ts";
import { IconButton } from "../Hint.tsx";
import { Copy, FolderOpen } from "../icons.ts";
import { t } from "../language.ts";
import { thenTitle } from "../Modal.tsx";
import { clearSnapshots, getSnapshotSizes, showFolder } from "../models/actions.ts";
import { useFolio } from "../store.ts";
import { Group, NumberField } from "./fields.tsx";

const gigabyte = 1e9;
const folderWords: Record<FolderName, PlainText> = { data: "Library and settings", models: "Models", snapshots: "What was read" };
const folderNames = Object.keys(folderWords) as FolderName[];

/** What Folio keeps on disk, how much of it, and where. */
export function StorageSettings() {
  const cap = useFolio((s) => s.settings.snapshotCapBytes);
  const folders = useFolio((s) => s.folders);
  return (
    <>
      <Group
        title={t("Room for what was read")}
        says={t("In GB. Documents that were read open again in the time of reading a file. What was not used for longest goes first.")}
        term={t("snapshots: reading caches saved on disk")}
      >
        <NumberField
          label={t("Room for what was read, in GB")}
          value={Number((cap / gigabyte).toFixed(1))}
          min={0}
          max={10_000}
          decimals
          onCommit={(chosen) => void changeSettings({ snapshotCapBytes: Math.round(chosen * gigabyte) })}
        />
      </Group>
      <Snapshots cap={cap} />
      <Group title={t("Folders")} says={t("Where things are on this computer.")} wide>
        <dl className="folders">
          {folderNames.map((name) => (
            <div key={name}>
              <dt>{t(folderWords[name])}</dt>
              <dd>
                <span className="path">{folders[name]}</span>
                <IconButton
                  label={t("Copy the path of: {name}", { name: t(folderWords[name]) })}
                  onClick={() => void copyText(folders[name])}
                >
                  <Copy />
                </IconButton>
                <IconButton label={t("Show the folder of: {name}", { name: t(folderWords[name]) })} onClick={() => void showFolder(name)}>
                  <FolderOpen />
                </IconButton>
              </dd>
            </div>
          ))}
        </dl>
      </Group>
    </>
  );
}

function Snapshots({ cap }: { cap: number }) {
  const documents = useFolio((s) => s.documents);
  const [sizes, setSizes] = useState<SnapshotSizes | null>(null);
  const look = async () => setSizes(await getSnapshotSizes());
  // biome-ignore lint/correctness/useExhaustiveDependencies: another cap may have removed some.
  useEffect(() => void look(), [cap]);
  const clear = async (documentIds: readonly (string | null)[]) => {
    for (const documentId of documentIds) await clearSnapshots(documentId);
    await look();
  };
  if (!sizes) return null;
  const names = new Map(documents.map(({ id, name }) => [id, name]));
  const others = sizes.documents.filter(({ documentId }) => !names.has(documentId));
  const rows = sizes.documents
    .filter(({ documentId }) => names.has(documentId))
    .map(({ documentId, bytes }) => ({ name: names.get(documentId)!, bytes, documentIds: [documentId] }))
    .toSorted((a, b) => b.bytes - a.bytes);
  // Read from the command line, or removed: one row, as they have no names.
  if (others.length > 0) {
    rows.push({
      name: t("{count} documents that are not in the library", { count: others.length }),
      bytes: others.reduce((sum, other) => sum + other.bytes, 0),
      documentIds: others.map(({ documentId }) => documentId),
    });
  }
  return (
    <Group
      title={t("What was read")}
      says={
        sizes.bytes === 0
          ? t("Nothing lies on disk now.")
          : t("{bytes} in all, listed by the first document of their conversations. Clearing costs only the time to read them again.", {
              bytes: bytes(sizes.bytes),
            })
      }
      wide
    >
      {sizes.bytes > 0 && (
        <ul className="snapshots">
          {rows.map(({ name, bytes: size, documentIds }) => (
            <li key={documentIds[0]}>
              <span className="name">{name}</span>
              <span className="number">{bytes(size)}</span>
              <button
                type="button"
                className="link"
                aria-label={t("Clear what was read of {name}", { name })}
                onClick={() => void thenTitle(clear(documentIds))}
              >
                {t("Clear")}
              </button>
            </li>
          ))}
          <li>
            <span className="name" />
            <button type="button" className="link" onClick={() => void thenTitle(clear([null]))}>
              {t("Clear all")}
            </button>
          </li>
        </ul>
      )}
    </Group>
  );
}
