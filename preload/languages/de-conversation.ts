/** Questions, answers, their evidence, and the box to ask in. */
export const conversation = {
  // Asking.
  Ask: "Fragen",
  Question: "Frage",
  "Ask about {name}": "Zu {name} fragen",
  "Ask about {count} documents": { one: "Zu {count} Dokument fragen", other: "Zu {count} Dokumenten fragen" },
  "Add a document to ask about": "Ein Dokument hinzufügen, um zu fragen",
  "Ask anything about {names}. The model reads all of it, then answers from the few passages that matter.":
    "Alles fragen, was {names} angeht. Das Modell liest es ganz und antwortet dann aus den wenigen Stellen, auf die es ankommt.",
  "What is this document about?": "Worum geht es in diesem Dokument?",
  "Which dates and deadlines does it name?": "Welche Termine und Fristen nennt es?",
  "What are its main conclusions?": "Zu welchen Schlüssen kommt es?",
  "You can ask as soon as the document is open.": "Fragen geht, sobald das Dokument geöffnet ist.",
  "Choose a document to ask about.": "Ein Dokument auswählen, um danach zu fragen.",
  Keep: "Behalten",
  Budget: "Budget",
  Full: "Voll",
  "Other…": "Anderes…",
  "How much of what was read the answer may keep, as a mean per layer. Takes effect at the next question.":
    "Wie viel vom Gelesenen die Antwort behalten darf, im Mittel je Schicht. Gilt ab der nächsten Frage.",
  "How much of what was read the answer may keep, as a mean per layer: now {tokens}. Takes effect at the next question.":
    "Wie viel vom Gelesenen die Antwort behalten darf, im Mittel je Schicht: jetzt {tokens}. Gilt ab der nächsten Frage.",
  "{part} of {whole} tokens": "{part} von {whole} Tokens",
  "Exact length of what the model will read: documents, earlier turns, this question and the chat template.":
    "Genaue Länge dessen, was das Modell lesen wird: Dokumente, frühere Fragen und Antworten, diese Frage und die Chat-Vorlage.",
  "this model": "dieses Modell",
  "{tokens} are too long for {model}, which reads at most {limit}. {over} Nothing has been left out, and nothing was read yet.":
    "{tokens} sind zu lang für {model}: Es liest höchstens {limit}. {over} Nichts wurde weggelassen, und noch wurde nichts gelesen.",
  "{over} too many.": "{over} zu viel.",
  "{over} too many, about {pages}.": "{over} zu viel, etwa {pages}.",
  "Without {name}: about {tokens}": "Ohne {name}: etwa {tokens}",
  "New conversation, without the earlier turns": "Neues Gespräch, ohne die früheren Fragen",
  "{name} was removed. What was said can still be read; add the same file again to go on asking.":
    "{name} wurde entfernt. Das Gesagte lässt sich noch lesen; um weiterzufragen, dieselbe Datei wieder hinzufügen.",
  "A document of this conversation": "Ein Dokument dieses Gesprächs",

  // Reading and answering.
  Reading: "Lesen",
  "What was read is kept": "Das Gelesene bleibt erhalten",
  "What was read is kept.": "Das Gelesene bleibt erhalten.",
  "measuring the speed": "Tempo wird gemessen",
  "Stopped after {part} of {whole} tokens. What was read is kept: the next question goes on from there.":
    "Nach {part} von {whole} Tokens angehalten. Das Gelesene bleibt erhalten: Die nächste Frage macht dort weiter.",
  "Reading the document first…": "Zuerst wird das Dokument gelesen…",
  "Reading the question…": "Die Frage wird gelesen…",
  "Answering…": "Antwort entsteht…",
  "The model gave no answer. Try other words.": "Das Modell gab keine Antwort. Mit anderen Worten versuchen.",
  "The answer reached its greatest length. It can be raised in the settings.":
    "Die Antwort hat ihre größte Länge erreicht. In den Einstellungen lässt sich die Grenze anheben.",
  "Stopped. What was read and said is kept.": "Angehalten. Was gelesen und gesagt wurde, bleibt erhalten.",
  "The model had begun to repeat itself, so the answer was ended there.":
    "Das Modell begann, sich zu wiederholen; deshalb endet die Antwort hier.",

  // Answers and their evidence.
  "Question {number}": "Frage {number}",
  "Questions and answers": "Fragen und Antworten",
  Evidence: "Belege",
  "Passages that were kept because the model's retrieval heads attended to them, in the order of the document.":
    "Stellen, die behalten wurden, weil die suchenden Köpfe des Modells auf sie achteten, in der Reihenfolge des Dokuments.",
  Table: "Tabelle",
  "image left out": "Bild ausgelassen",
  "image left out: {alt}": "Bild ausgelassen: {alt}",
  "Found on": "Gefunden auf",
  "not found": "nicht gefunden",
  "The document says this, word for word. Show where.": "Das steht wörtlich im Dokument. Zeigen, wo.",
  "These words are not in the documents, whatever their case, space and hyphens.":
    "Diese Worte stehen nicht in den Dokumenten, gleich wie sie geschrieben oder getrennt sind.",
  "Edit the question": "Frage ändern",
  "Edited question": "Geänderte Frage",
  "It is asked in a new conversation that begins with what came before. This one stays as it is.":
    "Sie wird in einem neuen Gespräch gestellt, das mit dem Bisherigen beginnt. Dieses hier bleibt, wie es ist.",
  "Goes on in a new conversation. The one before is as it was.": "Weiter in einem neuen Gespräch. Das vorige bleibt, wie es war.",
  "Ask again": "Noch einmal fragen",
  "Copy the answer": "Antwort kopieren",
  "Copy the code": "Code kopieren",
  Copied: "Kopiert",
  "This window may not use the clipboard. Select the text and copy it with {keys}.":
    "Dieses Fenster darf die Zwischenablage nicht benutzen. Den Text auswählen und mit {keys} kopieren.",

  // What an answer took.
  "{part} instead of {whole}": "{part} statt {whole}",
  "all {count} pages read": { one: "die eine Seite gelesen", other: "alle {count} Seiten gelesen" },
  "{part} of {whole} pages read": "{part} von {whole} Seiten gelesen",
  Read: "Gelesen",
  "{tokens}, question and earlier turns included": "{tokens}, mit der Frage und allem Früheren",
  "Pages read": "Gelesene Seiten",
  "Pages without text": "Seiten ohne Text",
  "{pages} (skipped)": "{pages} (übersprungen)",
  "Let go of": "Losgelassen",
  "much of it, before the question": "vieles, schon vor der Frage",
  "{tokens} a layer ({share})": "{tokens} je Schicht ({share})",
  "Answering cache": "Antwort-Cache",
  "Largest at once": "Höchstens zugleich",
  "Written before anything was left out": "Geschrieben, ehe etwas wegfiel",
  "all of the answer": "die ganze Antwort",
  "the first {count} tokens": "die ersten {count} Tokens",
  "What is kept": "Was bleibt",
  "Between questions": "Zwischen den Fragen",
  "Choosing and gathering": "Auswählen und Sammeln",
  "First word after": "Erstes Wort nach",
  Answer: "Antwort",

  // All conversations.
  "New conversation": "Neues Gespräch",
  "New name of this conversation": "Neuer Name dieses Gesprächs",
  "No conversations yet. Each one is kept here from its first question on.":
    "Noch keine Gespräche. Jedes steht ab seiner ersten Frage hier.",
  "More about “{name}”": "Mehr zu „{name}“",
  "Save as Markdown": "Als Markdown speichern",
  "Save as a web page": "Als Webseite speichern",
  "Save as JSON": "Als JSON speichern",
  Delete: "Löschen",
  "Deleted “{name}”.": "„{name}“ wurde gelöscht.",

  // What the engine's state means for the answers.
  "Starting the engine…": "Die Engine startet…",
  "Loading {name}": "{name} wird geladen",
  "Loading {name}, {share}": "{name} wird geladen, {share}",
  "There is no model to answer with.": "Es gibt kein Modell zum Antworten.",
  "Choose a model": "Modell auswählen",
  "This window has lost Folio.": "Dieses Fenster hat Folio verloren.",
  "The engine is starting again.": "Die Engine startet neu.",
  "The engine has stopped.": "Die Engine ist stehen geblieben.",
  "Documents, questions and answers are safe. Safe mode uses the small model that Folio comes with and short prompts.":
    "Dokumente, Fragen und Antworten sind sicher. Der sichere Modus benutzt das kleine Modell, das Folio mitbringt, und kurze Texte.",
  "Start in safe mode": "Im sicheren Modus starten",
  "Choose another model": "Ein anderes Modell wählen",
  "Safe mode": "Sicherer Modus",
  "{name} answers, from at most {tokens} tokens.": "{name} antwortet, aus höchstens {tokens} Tokens.",
  "Start as usual": "Wie gewohnt starten",
  "Documents, questions and answers are safe.": "Dokumente, Fragen und Antworten sind sicher.",
  "{model} answers from the full cache: {why}. The budget has no effect.":
    "{model} antwortet aus dem vollen Cache: {why}. Das Budget wirkt nicht.",
  "{allHeads}: {model} has not been calibrated, so small budgets keep less well.":
    "{allHeads}: {model} ist nicht kalibriert, deshalb behalten kleine Budgets weniger gut.",
  "Using all heads": "Alle Köpfe entscheiden",
  "No profile: which heads retrieve, and which layers lose most, has not been measured for this model. All heads vote, and every layer gets the same budget.":
    "Kein Profil: Welche Köpfe suchen und welche Schichten am meisten verlieren, wurde für dieses Modell nicht gemessen. Alle Köpfe stimmen ab, und jede Schicht bekommt dasselbe Budget.",
  "It is being calibrated now.": "Es wird gerade kalibriert.",
  "Calibrate it": "Kalibrieren",
};
