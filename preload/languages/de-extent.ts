/** Documents that are longer than the model reads at once. */
export const extent = {
  "In windows": "In Abschnitten",
  "In {count} windows": { one: "In {count} Abschnitt", other: "In {count} Abschnitten" },
  "{tokens} in {count} windows": { one: "{tokens} in {count} Abschnitt", other: "{tokens} in {count} Abschnitten" },
  "window {part} of {whole}": "Abschnitt {part} von {whole}",
  "Tokens of the documents, and the windows that they are read in. Each question looks through all of them.":
    "Tokens der Dokumente, und die Abschnitte, in denen sie gelesen werden. Jede Frage sieht alle durch.",
  "page {page}": "Seite {page}",
  "pages {from} to {to}": "Seiten {from} bis {to}",
  "pages {from} to {to} of {whole}": "Seiten {from} bis {to} von {whole}",
  "Only {pages}": "Nur {pages}",
  "Only some pages of {count} documents": {
    one: "Nur einige Seiten von {count} Dokument",
    other: "Nur einige Seiten von {count} Dokumenten",
  },
  "Reads {pages} of {whole}": "Liest {pages} von {whole}",
  "What the model is given of the documents. A click changes it.": "Was das Modell von den Dokumenten bekommt. Ein Klick ändert es.",
  "Ask anything about {names}. The model reads the pages that were chosen, then answers from the few passages that matter.":
    "Alles fragen, was {names} angeht. Das Modell liest die ausgewählten Seiten und antwortet dann aus den wenigen Stellen, auf die es ankommt.",
  "Choose how to read it…": "Auswählen, wie es gelesen wird…",

  // The dialog.
  "More than fits at once": "Mehr, als auf einmal passt",
  "What is read": "Was gelesen wird",
  "Documents and question are {tokens}, but {model} reads at most {limit} at once. Nothing was left out so far: how shall it go on?":
    "Dokumente und Frage sind {tokens}, aber {model} liest höchstens {limit} auf einmal. Bisher wurde nichts weggelassen: Wie soll es weitergehen?",
  "What {model} is given of the documents of this conversation, from the next question on.":
    "Was {model} von den Dokumenten dieses Gesprächs bekommt, ab der nächsten Frage.",
  "Ways to go on": "Wie es weitergehen kann",
  "Go on this way": "So weitermachen",
  "Everything at once": "Alles auf einmal",
  "All of it fits into what the model reads at once.": "Alles passt in das, was das Modell auf einmal liest.",
  "Read in windows": "In Abschnitten lesen",
  "Everything is read, one part after another. Each question looks through all parts, and is answered from the passages that it finds in them.":
    "Alles wird gelesen, ein Teil nach dem anderen. Jede Frage sieht alle Teile durch und wird aus den Stellen beantwortet, die sie darin findet.",
  "Choose pages": "Seiten auswählen",
  "Only these pages are read. Questions know nothing of the others.":
    "Nur diese Seiten werden gelesen. Von den anderen wissen Fragen nichts.",
  "{name} has the pages 1 to {last}.": "{name} hat die Seiten 1 bis {last}.",
  "These pages are about {tokens} tokens; at most {limit} fit with the question.":
    "Diese Seiten sind etwa {tokens} Tokens; höchstens {limit} passen zusammen mit der Frage.",
  "First page of {name}": "Erste Seite von {name}",
  "Last page of {name}": "Letzte Seite von {name}",
  "Give {model} a longer context": "{model} einen längeren Kontext geben",
  "It is set to {now} tokens, and was made for up to {most}. Everything is then read at once.":
    "Eingestellt sind {now} Tokens, gemacht ist es für bis zu {most}. Dann wird alles auf einmal gelesen.",
  "Use {model}": "{model} benutzen",
  "It is on this computer, and reads up to {most} tokens at once.": "Es ist auf diesem Rechner und liest bis zu {most} Tokens auf einmal.",
  "about {tokens}": "etwa {tokens}",
  "read in {time}": "gelesen in {time}",
  "read once, in {time}": "einmal gelesen, in {time}",
  "{bytes} on disk": "{bytes} auf der Platte",
  "too much to keep on disk: read again for every question": "zu viel für die Platte: für jede Frage neu gelesen",
  "{bytes} of memory, model included": "{bytes} Speicher, mit dem Modell",

  // The receipt.
  "Picked from them": "Davon ausgewählt",
  "Answered from": "Beantwortet aus",
  "{part} of {whole} pages read, as chosen": "{part} von {whole} Seiten gelesen, wie ausgewählt",
  "{part} of {whole}, as chosen: {pages}": "{part} von {whole}, wie ausgewählt: {pages}",
};
