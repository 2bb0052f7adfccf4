/** Models: their list, their pages, calibration, and finding some that are here. */
export const models = {
  // The list.
  "This computer has {bytes} of memory and {cores}.": "Dieser Rechner hat {bytes} Speicher und {cores}.",
  "Whether a model fits is said for {tokens} tokens of documents.":
    "Die Angabe, ob ein Modell passt, gilt für {tokens} Tokens an Dokumenten.",
  "On this computer": "Auf diesem Rechner",
  "Small and quick": "Klein und schnell",
  "Large and thorough": "Groß und gründlich",
  "Use a model that is here already": "Ein vorhandenes Modell benutzen",
  "Use a model that is here already…": "Ein vorhandenes Modell benutzen…",
  "Models are fetched from huggingface.co, only when you press Download, and checked against a known checksum. Nothing of yours is sent.":
    "Modelle kommen von huggingface.co, nur nach einem Druck auf „Herunterladen“, und werden mit einer bekannten Prüfsumme verglichen. Nichts Eigenes wird gesendet.",
  "up to {tokens}": "bis zu {tokens}",
  "In use": "In Gebrauch",
  "Recommended here": "Hier empfohlen",
  "Fits well": "Passt gut",
  Tight: "Knapp",
  "Too large": "Zu groß",
  "Computed for {tokens} tokens: model {model} + reading {reading} + answering {answering} + scratch space {scratch} = {all}.":
    "Berechnet für {tokens} Tokens: Modell {model} + Lesen {reading} + Antworten {answering} + Zwischenspeicher {scratch} = {all}.",
  "Up to about {tokens} tokens fit.": "Bis zu etwa {tokens} Tokens passen.",
  "No document fits beside it.": "Daneben passt kein Dokument.",
  "Measured with {tokens} tokens: {bytes}, the model's file in memory included.":
    "Gemessen mit {tokens} Tokens: {bytes}, die Datei des Modells im Speicher mitgezählt.",
  "measured {bytes}": "gemessen {bytes}",
  Download: "Herunterladen",
  "Delete {name} from this computer": "{name} von diesem Rechner löschen",
  "Forget {name}; its file stays": "{name} vergessen; die Datei bleibt",
  "Settings of {name}": "Einstellungen von {name}",
  "About {name}": "Über {name}",
  "Delete it, {bytes} become free": "Löschen, {bytes} werden frei",
  "Throw {bytes} away": "{bytes} verwerfen",
  "Keep it": "Behalten",
  Use: "Benutzen",
  Downloaded: "Heruntergeladen",
  "It goes on by itself.": "Es geht von selbst weiter.",
  paused: "angehalten",
  "Checking what is here already, {share}": "Vorhandenes wird geprüft, {share}",
  "Throw away what has come of {name}": "Verwerfen, was von {name} gekommen ist",
  "Go on": "Weiter",
  Pause: "Anhalten",

  // Models that are here already.
  "All models": "Alle Modelle",
  "Choose a GGUF file, or a folder with models in it, for example LM Studio's. It is used where it is: nothing is copied.":
    "Eine GGUF-Datei auswählen, oder einen Ordner mit Modellen, zum Beispiel den von LM Studio. Alles bleibt, wo es ist: Nichts wird kopiert.",
  "Path of a file or folder": "Pfad einer Datei oder eines Ordners",
  "Link it": "Verknüpfen",
  "In {folder}": "In {folder}",
  "The folder above": "Der Ordner darüber",
  "Link the folder with {count} models": { one: "Ordner mit {count} Modell verknüpfen", other: "Ordner mit {count} Modellen verknüpfen" },
  "Nothing here that Folio could use.": "Hier ist nichts, was Folio benutzen könnte.",

  // One model.
  "{layers} layers · {heads} heads": "{layers} Schichten · {heads} Köpfe",
  "Use this model": "Dieses Modell benutzen",
  "Longest prompt": "Längster Prompt",
  "Longest prompt in tokens": "Längster Prompt in Tokens",
  "At most {tokens}, which this model was made for.": "Höchstens {tokens}, denn dafür wurde das Modell gemacht.",
  "context length, n_ctx": "Kontextlänge, n_ctx",
  Threads: "Threads",
  "At most as many as this computer has cores: {cores}.": "Höchstens so viele, wie dieser Rechner Kerne hat: {cores}.",
  "threads that llama.cpp computes with": "Threads, mit denen llama.cpp rechnet",
  "Computes on": "Rechnet auf",
  "Layers on the graphics card": "Schichten auf der Grafikkarte",
  "{card} computes {layers} of {all} layers.": "{card} rechnet {layers} von {all} Schichten.",
  "No graphics card that Folio can use was found: the processor computes everything.":
    "Keine Grafikkarte gefunden, die Folio nutzen kann: Der Prozessor rechnet alles.",
  "0: the processor alone. A graphics card reads faster. No real one was tried yet: if something goes wrong, set this to 0 again.":
    "0: der Prozessor allein. Eine Grafikkarte liest schneller. Erprobt wurde noch keine echte: Wenn etwas schiefgeht, wieder 0 einstellen.",
  "GPU layers, by Vulkan": "GPU-Schichten, über Vulkan",
  "What fits this computer": "Was auf diesen Rechner passt",
  "Model, caches and scratch space together, computed from the model's figures and the number formats in use.":
    "Modell, Caches und Zwischenspeicher zusammen, berechnet aus den Zahlen des Modells und den eingestellten Zahlenformaten.",
  "What each mode takes": "Was jeder Modus braucht",
  "Memory between questions": "Speicher zwischen Fragen",
  "while answering": "beim Antworten",
  "Beside the model, computed for {tokens} tokens. Reading takes {bytes} for a while in every mode but the smallest.":
    "Neben dem Modell, berechnet für {tokens} Tokens. Das Lesen braucht für eine Weile {bytes}, außer im kleinsten Modus.",
  "to read it": "zum Lesen",
  "to answer, with a budget of": "zum Antworten, mit einem Budget von",
  "Of {bytes}. Amber: tight, other programs may get slow. Struck through: too large.":
    "Von {bytes}. Bernstein: knapp, andere Programme können langsam werden. Durchgestrichen: zu groß.",
  "Number format": "Zahlenformat",
  "How finely what was read is stored, if not as for all models.":
    "Wie fein das Gelesene gespeichert wird, wenn nicht wie bei allen Modellen.",
  "KV type: f16, or q8_0": "KV-Typ: f16 oder q8_0",
  "As in settings": "Wie eingestellt",
  "While reading": "Beim Lesen",
  "While answering": "Beim Antworten",
  "What it is told first": "Was es zuerst hört",
  "Before the documents, in every conversation.": "Vor den Dokumenten, in jedem Gespräch.",
  "system prompt": "System-Prompt",
  "Freedom of choice": "Freiheit der Wahl",
  "0: always the likeliest word, the same answer every time.": "0: immer das wahrscheinlichste Wort, jedes Mal dieselbe Antwort.",
  "Above 0, answers differ from time to time.": "Über 0 fallen Antworten von Mal zu Mal anders aus.",
  temperature: "Temperatur",
  Temperature: "Temperatur",
  "Words to choose from": "Wörter zur Auswahl",
  "The likeliest words, up to this share of certainty, at most so many, and none much less likely than the first.":
    "Die wahrscheinlichsten Wörter, bis zu diesem Anteil an Gewissheit, höchstens so viele, und keines viel unwahrscheinlicher als das erste.",
  "top-p, top-k, min-p, seed": "Top-p, Top-k, Min-p, Startwert",
  "Of the likeliest, at least": "Vom wahrscheinlichsten mindestens",
  "Against repeating itself": "Gegen Wiederholungen",
  "1: off. Above 1, words that it has just said become less likely. Names and numbers are words, too.":
    "1: aus. Über 1 werden eben gesagte Wörter unwahrscheinlicher. Auch Namen und Zahlen sind Wörter.",
  "repeat penalty over the last 64 tokens of the answer": "Wiederholungsstrafe über die letzten 64 Tokens der Antwort",
  "Repeat penalty": "Wiederholungsstrafe",
  Share: "Anteil",
  "At most": "Höchstens",
  Seed: "Startwert",
  random: "zufällig",
  "As Folio does it": "Wie Folio es macht",
  Save: "Speichern",
  "Save and load again": "Speichern und neu laden",

  // Calibration.
  Calibration: "Kalibrierung",
  "Which heads retrieve": "Welche Köpfe suchen",
  "This model answers from the full cache, so there is nothing to calibrate: {why}.":
    "Dieses Modell antwortet aus dem vollen Cache, deshalb gibt es nichts zu kalibrieren: {why}.",
  "The stronger a field, the more its head looks up facts. What these heads look at is kept.":
    "Je kräftiger ein Feld, desto mehr schlägt sein Kopf Tatsachen nach. Worauf diese Köpfe achten, das bleibt.",
  "Measured in {calibration}.": "Gemessen mit {calibration}.",
  "{used} of {runs} needle runs at {lengths} tokens; {errors} runs for layer errors; {date}":
    "{used} von {runs} Suchläufen bei {lengths} Tokens; {errors} Läufen für Fehler der Schichten; {date}",
  "Using all heads, even budgets.": "Alle Köpfe, gleiche Budgets.",
  "Which heads of this model look up facts was not measured yet. A calibration finds out, once, from texts that Folio brings along; small budgets then keep more of what matters.":
    "Welche Köpfe dieses Modells Tatsachen nachschlagen, wurde noch nicht gemessen. Eine Kalibrierung findet es heraus, einmal, mit Texten, die Folio mitbringt; kleine Budgets behalten dann mehr von dem, worauf es ankommt.",
  "Loading the model once more": "Das Modell wird noch einmal geladen",
  "Looking for heads that retrieve": "Suchende Köpfe werden gesucht",
  "Measuring what each layer loses": "Es wird gemessen, was jede Schicht verliert",
  "Stop, and go on another time": "Anhalten und ein andermal weitermachen",
  Calibrate: "Kalibrieren",
  "Calibrate again": "Neu kalibrieren",
  "{layers} layers of {heads} heads; the strongest is head {head} of layer {layer}":
    "{layers} Schichten mit {heads} Köpfen; am stärksten ist Kopf {head} der Schicht {layer}",
  "Layer {layer}, head {head}: {share} of the strongest": "Schicht {layer}, Kopf {head}: {share} des stärksten",
  "Layer {layer}: {share} of all that is lost by forgetting": "Schicht {layer}: {share} von allem, was durch Vergessen verloren geht",
  "across: layers 0 to {last} · down: heads": "quer: Schichten 0 bis {last} · abwärts: Köpfe",
  "bars: what a layer loses by forgetting": "Balken: was eine Schicht durch Vergessen verliert",
  "As a table": "Als Tabelle",
  Layer: "Schicht",
  "Its strongest heads": "Ihre stärksten Köpfe",
  "Share of the loss": "Anteil am Verlust",

  // What Folio's list says of its models.
  "The model that Folio starts with: tiny and quick, good for finding facts, weak at reasoning.":
    "Das Modell, mit dem Folio beginnt: winzig und schnell, gut im Finden von Tatsachen, schwach im Schlussfolgern.",
  "Long context on little memory; short, plain answers.": "Langer Kontext mit wenig Speicher; kurze, schlichte Antworten.",
  "Careful answers in English from documents of up to 17 pages.": "Sorgfältige Antworten auf Englisch aus Dokumenten mit bis zu 17 Seiten.",
  "Many languages, and the smallest cache of its size: good for long documents on old computers.":
    "Viele Sprachen, und der kleinste Cache seiner Größe: gut für lange Dokumente auf alten Rechnern.",
  "Good answers with a long context, on most computers of today.": "Gute Antworten mit langem Kontext, auf den meisten heutigen Rechnern.",
  "Strong at reasoning for its size; its cache is large, so it gains most from a small budget.":
    "Für seine Größe stark im Schlussfolgern; sein Cache ist groß, deshalb gewinnt es am meisten durch ein kleines Budget.",
  "The best answers below 3 GB, in over 100 languages, from very long documents.":
    "Die besten Antworten unter 3 GB, in über 100 Sprachen, aus sehr langen Dokumenten.",
  "Thorough answers in many languages with a small cache.": "Gründliche Antworten in vielen Sprachen mit kleinem Cache.",
  "Dependable all-rounder with a long context.": "Verlässlicher Allrounder mit langem Kontext.",
  "For computers with much memory: long documents, nuanced answers.": "Für Rechner mit viel Speicher: lange Dokumente, feine Antworten.",
  English: "Englisch",
  "English, German, French, Italian, Portuguese, Hindi, Spanish, Thai":
    "Englisch, Deutsch, Französisch, Italienisch, Portugiesisch, Hindi, Spanisch, Thai",
  "29 languages": "29 Sprachen",
  "23 languages, English first": "23 Sprachen, Englisch zuerst",
  "over 100 languages": "über 100 Sprachen",
  "English, French, German, Spanish, Italian, Portuguese, Chinese, Japanese, Korean, Arabic, Hindi":
    "Englisch, Französisch, Deutsch, Spanisch, Italienisch, Portugiesisch, Chinesisch, Japanisch, Koreanisch, Arabisch, Hindi",
};
