/** The settings, and what can be chosen in them. */
export const settings = {
  Sections: "Bereiche",
  Answers: "Antworten",
  Storage: "Ablage",
  Window: "Fenster",
  "Models…": "Modelle…",
  "Reset all": "Zurücksetzen",
  "Really reset all?": "Wirklich alles?",

  // Answers.
  "What the answer may keep": "Was die Antwort behalten darf",
  "Less memory for the answer, or more of the document at hand while it is written.":
    "Weniger Speicher für die Antwort, oder mehr vom Dokument zur Hand, während sie entsteht.",
  "The memory is computed for {tokens} tokens.": "Der Speicher ist für {tokens} Tokens berechnet.",
  "budget: mean number of tokens kept per layer of the KV cache": "Budget: wie viele Tokens jede Schicht des KV-Caches im Mittel behält",
  "{share} same": "{share} gleich",
  "Behind an answer's first words: how often the next one is what the full cache would choose. Measured with the starter model, on texts that nothing was tuned on.":
    "Hinter den ersten Wörtern einer Antwort: wie oft das nächste das ist, das der volle Cache wählen würde. Gemessen mit dem Startmodell, an Texten, auf die nichts abgestimmt wurde.",
  "or exactly": "oder genau",
  "Tokens a layer": "Tokens je Schicht",
  "tokens a layer": "Tokens je Schicht",
  "How it is chosen": "Wie ausgewählt wird",
  "Longest answer": "Längste Antwort",
  "In tokens. An answer that reaches it is cut there, and says so.": "In Tokens. Eine Antwort, die sie erreicht, endet dort und sagt es.",
  "greatest number of tokens decoded per turn": "größte Zahl an Tokens, die je Frage erzeugt werden",

  "Whole phrases": "Ganze Wendungen",
  "Keeps the phrases around what the model's retrieval heads look up, and single words that writing on takes. Recommended.":
    "Behält die Wendungen um das, was die suchenden Köpfe des Modells nachschlagen, und einzelne Wörter, die das Weiterschreiben braucht. Empfohlen.",
  "phrase: half of the budget is one set for all layers, by CompressKV's semantic retrieval heads with max-pooling over 17 tokens; the rest goes by the attention of all heads, more to the layers that look at more; the answer's first words count as well":
    "phrase: das halbe Budget ist eine Menge für alle Schichten, nach den semantisch suchenden Köpfen von CompressKV mit Max-Pooling über 17 Tokens; der Rest geht nach der Attention aller Köpfe, mehr davon an Schichten, die auf mehr achten; die ersten Wörter der Antwort zählen mit",
  "Same passages in every layer": "Dieselben Stellen in jeder Schicht",
  "Keeps the phrases that all layers together look up, the same everywhere.":
    "Behält die Wendungen, die alle Schichten zusammen nachschlagen, überall dieselben.",
  "shared: one evidence set over all layers, retrieval heads weighted by their scores, max-pooling over 17":
    "shared: eine Menge für alle Schichten, suchende Köpfe nach ihren Werten gewichtet, Max-Pooling über 17",
  "Phrases of each head": "Wendungen jedes Kopfes",
  "Every attention head keeps the phrases that it looks at itself.": "Jeder Attention-Kopf behält die Wendungen, auf die er selbst achtet.",
  "composite: KVCompose's composite tokens, a set per KV head, max-pooling over 17":
    "composite: die zusammengesetzten Tokens von KVCompose, eine Menge je KV-Kopf, Max-Pooling über 17",
  "Phrases and a sample of the rest": "Wendungen und eine Probe vom Rest",
  "Keeps phrases, and a spread of what would be left out.": "Behält Wendungen, und eine Auswahl dessen, was sonst wegfiele.",
  "kvcrush: a quarter of the budget for representatives, chosen by which heads would keep a token":
    "kvcrush: ein Viertel des Budgets für Vertreter, gewählt danach, welche Köpfe ein Token behalten würden",
  "CompressKV, as published": "CompressKV, wie veröffentlicht",
  "Keeps single words that the retrieval heads look up, with a budget for every layer.":
    "Behält einzelne Wörter, die die suchenden Köpfe nachschlagen, mit einem Budget für jede Schicht.",
  "compresskv: average pooling over 5, four semantic retrieval heads, error-aware layer budgets":
    "compresskv: Mittel-Pooling über 5, vier semantisch suchende Köpfe, Budgets je Schicht nach ihrem Fehler",
  SnapKV: "SnapKV",
  "Every attention head keeps what it looks at itself.": "Jeder Attention-Kopf behält, worauf er selbst achtet.",
  "snapkv: a set of its own per KV head, max-pooling over 5, even budgets":
    "snapkv: eine eigene Menge je KV-Kopf, Max-Pooling über 5, gleiche Budgets",
  PyramidKV: "PyramidKV",
  "As SnapKV, with more for the early layers and less for the late ones.":
    "Wie SnapKV, mit mehr für die frühen Schichten und weniger für die späten.",
  "pyramidkv: linearly falling layer budgets": "pyramidkv: linear fallende Budgets der Schichten",
  "Beginning and end": "Anfang und Ende",
  "Keeps the first words and the latest ones. Fast, and blind to the middle.":
    "Behält die ersten und die letzten Wörter. Schnell, und blind für die Mitte.",
  "streaming: four attention sinks and a recent window": "streaming: vier Attention-Senken und ein Fenster am Ende",
  Random: "Zufällig",
  "A control to compare with: keeps what chance picks.": "Eine Kontrolle zum Vergleich: behält, was der Zufall wählt.",
  "random: uniformly drawn positions": "random: gleichverteilt gezogene Stellen",
  "Unusual keys": "Ungewöhnliche Schlüssel",
  "Keeps what stands out in the document, whatever is asked. Smallest mode chooses in this way while it reads.":
    "Behält, was im Dokument heraussticht, gleich was gefragt wird. Der kleinste Modus wählt beim Lesen so aus.",
  "keydiff: KeyDiff, per KV head the keys with the lowest cosine to the mean key; query-agnostic":
    "keydiff: KeyDiff, je KV-Kopf die Schlüssel mit dem kleinsten Kosinus zum mittleren Schlüssel; unabhängig von der Frage",
  Everything: "Alles",
  "No compression: the answer needs as much memory as the reading.":
    "Keine Kompression: Die Antwort braucht so viel Speicher wie das Lesen.",
  "full: the ordinary KV cache": "full: der gewöhnliche KV-Cache",

  // Memory.
  Fast: "Schnell",
  "What was read stays in memory between questions.": "Das Gelesene bleibt zwischen den Fragen im Speicher.",
  "reading cache in memory; peak is full + answering": "Lese-Cache im Speicher; Spitze ist voll + Antworten",
  Balanced: "Ausgewogen",
  "What was read rests on disk and comes back while you write a question. Recommended.":
    "Das Gelesene ruht auf der Platte und kommt zurück, während eine Frage entsteht. Empfohlen.",
  "reading cache as a snapshot on disk, loaded for each question": "Lese-Cache als Snapshot auf der Platte, für jede Frage geladen",
  Smallest: "Am kleinsten",
  "Lets go of much of the document while reading it. Questions see only what was kept: facts get lost.":
    "Lässt beim Lesen vieles vom Dokument los. Fragen sehen nur, was behalten wurde: Tatsachen gehen verloren.",
  "eviction while reading by KeyDiff, without a question; never more than the bound and one piece in memory; budget and policy do not apply":
    "Verdrängung beim Lesen nach KeyDiff, ohne Frage; nie mehr als die Grenze und ein Stück im Speicher; Budget und Regel gelten nicht",
  "Keep at most": "Höchstens behalten",
  Exact: "Genau",
  "16 bits a number": "16 Bit je Zahl",
  "KV type f16": "KV-Typ f16",
  Compact: "Kompakt",
  "about half the memory, a little slower": "etwa der halbe Speicher, etwas langsamer",
  "KV type q8_0": "KV-Typ q8_0",
  "How finely the memory of each word is stored.": "Wie fein die Erinnerung an jedes Wort gespeichert wird.",
  "The model in use has a format of its own, which goes before this one.":
    "Das Modell in Gebrauch hat ein eigenes Format, das diesem vorgeht.",
  "KV type: f16, or q8_0 with 8 bits and a scale per 32 values": "KV-Typ: f16, oder q8_0 mit 8 Bit und einem Maßstab je 32 Werte",

  // Storage.
  "Room for what was read": "Platz für Gelesenes",
  "Room for what was read, in GB": "Platz für Gelesenes, in GB",
  "In GB. Documents that were read open again in the time of reading a file. What was not used for longest goes first.":
    "In GB. Gelesene Dokumente stehen so schnell wieder bereit, wie eine Datei geladen ist. Was am längsten unbenutzt blieb, geht zuerst.",
  "snapshots: reading caches saved on disk": "Snapshots: Lese-Caches auf der Platte",
  "What was read": "Gelesenes",
  "Nothing lies on disk now.": "Jetzt liegt nichts auf der Platte.",
  "{bytes} in all, listed by the first document of their conversations. Clearing costs only the time to read them again.":
    "Zusammen {bytes}, geordnet nach dem ersten Dokument der Gespräche. Leeren kostet nur die Zeit, sie wieder zu lesen.",
  "A document that was removed": "Ein entferntes Dokument",
  "{count} documents that are not in the library": {
    one: "{count} Dokument, das nicht in der Bibliothek ist",
    other: "{count} Dokumente, die nicht in der Bibliothek sind",
  },
  "Clear what was read of {name}": "Gelesenes von {name} leeren",
  Clear: "Leeren",
  "Clear all": "Alles leeren",
  Folders: "Ordner",
  "Where things are on this computer.": "Wo die Dinge auf diesem Rechner liegen.",
  "Library and settings": "Bibliothek und Einstellungen",
  "Copy the path of: {name}": "Pfad kopieren: {name}",
  "Show the folder of: {name}": "Ordner zeigen: {name}",

  // Window.
  Appearance: "Aussehen",
  Language: "Sprache",
  "The window speaks it at once. Documents and answers stay in theirs.":
    "Das Fenster spricht sie sofort. Dokumente und Antworten bleiben in ihrer.",
  "As the system": "Wie das System",
  Light: "Hell",
  Dark: "Dunkel",
  Off: "Aus",
  On: "An",
  "Server for programs": "Server für Programme",
  Port: "Port",
  "Lets programs of this computer ask about your documents, in the shapes of OpenAI's API. They need a key.":
    "Lässt Programme auf diesem Rechner nach den Dokumenten fragen, in den Formen der OpenAI-API. Sie brauchen einen Schlüssel.",
  "At {address}, with the key in the file api-key in {folder}.": "Unter {address}, mit dem Schlüssel in der Datei api-key in {folder}.",
};
