/** Dialogs: search, comparing, moving, links, trust, and the list of keys. */
export const dialogs = {
  // Searching everything.
  "Search names, pages and conversations": "Namen, Seiten und Gespräche durchsuchen",
  "What was found": "Was gefunden wurde",
  "Words are looked for in names, in every page, and in questions and answers. Put a phrase between quotation marks.":
    "Gesucht wird in Namen, auf jeder Seite und in Fragen und Antworten. Eine Wortfolge in Anführungszeichen setzen.",
  "Searching…": "Wird gesucht…",
  "Nothing was found for “{words}”. Try fewer words, or the beginning of one.":
    "Zu „{words}“ wurde nichts gefunden. Mit weniger Wörtern versuchen, oder nur mit dem Anfang eines Wortes.",

  // Comparing with the full cache.
  "Compare with the full cache": "Mit dem vollen Cache vergleichen",
  "The same question is answered again, with everything that was read in memory.":
    "Dieselbe Frage wird noch einmal beantwortet, mit allem Gelesenen im Speicher.",
  "Small cache": "Kleiner Cache",
  "Full cache": "Voller Cache",
  "It took {share} of the memory.": "Das brauchte {share} des Speichers.",
  "Both say the same, word for word.": "Beide sagen dasselbe, Wort für Wort.",
  "Both say the same; only space, case or punctuation differ.":
    "Beide sagen dasselbe; nur Abstände, Groß- und Kleinschreibung oder Zeichensetzung sind anders.",
  "Both say the same as far as the shorter one goes.": "Beide sagen dasselbe, so weit die kürzere reicht.",
  "They differ from the first word. Read both against the document.":
    "Sie unterscheiden sich vom ersten Wort an. Beide am Dokument prüfen.",
  "They say the same up to “{words}”, and differ from there. Read both against the document.":
    "Sie sagen dasselbe bis „{words}“ und unterscheiden sich danach. Beide am Dokument prüfen.",
  "Stopped.": "Angehalten.",
  "It reached its greatest length.": "Größte Länge erreicht.",
  "Reading, {share}": "Wird gelesen, {share}",
  "The answer from the full cache": "Die Antwort aus dem vollen Cache",
  "Tokens kept": "Behaltene Tokens",
  "Mean per layer, of all tokens that were read.": "Im Mittel je Schicht, von allen gelesenen Tokens.",
  "From the question on, once the documents are read. Measured.": "Ab der Frage, wenn die Dokumente gelesen sind. Gemessen.",
  Then: "Danach",
  "Tokens decoded in a second, of {total}. Measured.": "Erzeugte Tokens je Sekunde, von {total}. Gemessen.",
  "The KV cache that this answer was generated from. Allocated bytes, measured.":
    "Der KV-Cache, aus dem diese Antwort erzeugt wurde. Belegte Bytes, gemessen.",
  "to answer": "zum Antworten",

  // Trusting a model.
  "Do you trust {name}?": "{name} vertrauen?",
  "Folio does not know this file. A model that was made to do harm could try to break the program that loads it.":
    "Folio kennt diese Datei nicht. Ein Modell, das schaden soll, könnte versuchen, das Programm zu knacken, das es lädt.",
  "Use it if you know where it comes from. It is loaded in a process of its own, and you are asked only once.":
    "Nur benutzen, wenn seine Herkunft bekannt ist. Es wird in einem eigenen Prozess geladen, und die Frage kommt nur einmal.",
  "Do not use it": "Nicht benutzen",
  "Use it": "Benutzen",

  // Moving into a folder.
  Move: "Verschieben",
  "Move {name}": "{name} verschieben",
  "Move the document": "Dokument verschieben",
  Folder: "Ordner",
  "No folder": "Kein Ordner",
  "A new name makes a new folder, and “Letters / 2024” one in another. Leave it empty to take the document out of its folder.":
    "Ein neuer Name legt einen neuen Ordner an, „Briefe / 2024“ einen in einem anderen. Leer lassen, um das Dokument aus seinem Ordner zu nehmen.",

  // Links in answers.
  "The model wrote this link. It may be wrong, or made up.": "Diesen Link hat das Modell geschrieben. Er kann falsch sein, oder erfunden.",
  "A link that cannot be opened": "Ein Link, der sich nicht öffnen lässt",
  "Copy it": "Kopieren",
  "Leave Folio and open this link?": "Folio verlassen und diesen Link öffnen?",
  "Stay here": "Hier bleiben",
  "Open in the browser": "Im Browser öffnen",

  // Keys.
  "Keyboard shortcuts": "Tastenkürzel",
  "Add files or text from the clipboard": "Dateien oder Text aus der Zwischenablage hinzufügen",
  "Go to the question box": "Zum Fragefeld gehen",
  "New line in the question": "Neue Zeile in der Frage",
  "Stop reading or answering": "Lesen oder Antworten anhalten",
  "Next passage of the evidence": "Nächste Stelle der Belege",
  "Previous passage of the evidence": "Vorige Stelle der Belege",
  "New conversation about these documents": "Neues Gespräch über diese Dokumente",
  "Choose a sentence, then the next": "Einen Satz wählen, dann den nächsten",
  "Choose the sentence before": "Den Satz davor wählen",
  "Choose a sentence more": "Einen Satz mehr wählen",
  "Choose a sentence less": "Einen Satz weniger wählen",
  "Always keep what is chosen": "Das Gewählte immer behalten",
  "This list": "Diese Liste",
};
