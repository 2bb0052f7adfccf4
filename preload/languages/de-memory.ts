/** The gauge and its panel. */
export const memory = {
  "To answer": "Zum Antworten",
  "A full cache would take": "Ein voller Cache bräuchte",
  "What was read, in memory": "Gelesenes im Speicher",
  "nothing read yet": "noch nichts gelesen",
  "it is on disk": "liegt auf der Platte",
  "it was dropped": "wurde losgelassen",
  "Scratch space": "Zwischenspeicher",
  "Engine process": "Prozess der Engine",
  "Free on this computer": "Frei auf diesem Rechner",
  "Tokens kept per layer": "Behaltene Tokens je Schicht",
  "Shown with the first answer.": "Erscheint mit der ersten Antwort.",
  "The last minutes": "Die letzten Minuten",
  "{layers} layers, between {least} and {most} tokens kept in each":
    "{layers} Schichten, in jeder zwischen {least} und {most} Tokens behalten",
  "Layer {layer}: {tokens}": "Schicht {layer}: {tokens}",
  "layer {layer}": "Schicht {layer}",
  "{tokens} tokens in each": "je {tokens} Tokens",
  "{least} to {most} tokens": "{least} bis {most} Tokens",
  RAM: "RAM",
  "Close the memory panel": "Speicheranzeige schließen",
  "Open the memory panel": "Speicheranzeige öffnen",
  "Memory used to read": "Speicher zum Lesen",
  "Memory used to answer": "Speicher zum Antworten",
  "{bytes} of reading in memory": "{bytes} Gelesenes im Speicher",
  "{part} of {whole} tokens read": "{part} von {whole} Tokens gelesen",
  "{part} of {whole} tokens kept": "{part} von {whole} Tokens behalten",
  "Starting the engine": "Die Engine startet",
  "No model": "Kein Modell",
  "The engine has stopped": "Die Engine ist stehen geblieben",
  "No answer from the engine just now": "Die Engine antwortet gerade nicht",
  "No answer yet. Here you will see what it takes.": "Noch keine Antwort. Hier steht dann, was sie braucht.",
  "all that was read: {tokens}": "alles Gelesene: {tokens}",
  "“{policy}” gives every layer the same number.": "„{policy}“ gibt jeder Schicht gleich viele.",
  "“{policy}” gives each layer a number of its own.": "„{policy}“ gibt jeder Schicht ihre eigene Zahl.",
  "Drawn as soon as something is read.": "Wird gezeichnet, sobald etwas gelesen wird.",
  Caches: "Caches",
  "{time} ago": "vor {time}",
  "now {now}, at most {most}": "jetzt {now}, höchstens {most}",
  "a full cache: {bytes}": "ein voller Cache: {bytes}",
  "On disk": "Auf der Platte",

  "Answering KV cache: what the answer is generated from, after its first words. Those are written while all that was read is in memory. Allocated bytes, measured.":
    "KV-Cache zum Antworten: woraus die Antwort nach ihren ersten Wörtern erzeugt wird. Diese entstehen, solange alles Gelesene im Speicher ist. Belegte Bytes, gemessen.",
  "What an ordinary, full f16 KV cache of this prompt would take. Computed from its length.":
    "Was ein gewöhnlicher, voller f16-KV-Cache dieses Prompts bräuchte. Berechnet aus seiner Länge.",
  "Mean number of prompt tokens kept per layer, of all prompt tokens that were read.":
    "Wie viele der gelesenen Tokens jede Schicht im Mittel behalten hat.",
  "Tokens per second: while reading, prefill; while answering, decoding.":
    "Tokens je Sekunde: beim Lesen das Einlesen (Prefill), beim Antworten das Erzeugen.",
  "Memory in use on this computer, all programs together.": "Belegter Speicher auf diesem Rechner, alle Programme zusammen.",
  "The model's weights, loaded once and shared by all questions.": "Die Gewichte des Modells, einmal geladen und von allen Fragen geteilt.",
  "Reading KV cache: the whole document as the model read it. Where it is now, and its measured bytes.":
    "KV-Cache zum Lesen: das ganze Dokument, wie das Modell es gelesen hat. Wo er jetzt ist, und seine gemessenen Bytes.",
  "Compute buffers: scratch space for one step of the model, of now or of the last answer.":
    "Rechenpuffer: Zwischenspeicher für einen Schritt des Modells, jetzt oder bei der letzten Antwort.",
  "Snapshots: reading caches saved on disk, of all conversations, and how much room they may take.":
    "Snapshots: Lese-Caches auf der Platte, aus allen Gesprächen, und wie viel Platz sie einnehmen dürfen.",
  "Resident memory (RSS) of the engine process: everything above and the program itself.":
    "Speicher des Engine-Prozesses (RSS): alles oben und das Programm selbst.",
  "Tokens kept in each layer's answering cache, of all that were read. Some policies give each layer the same, others give more to layers that lose more by forgetting.":
    "Tokens, die der Antwort-Cache jeder Schicht behalten hat, von allen gelesenen. Manche Regeln geben jeder Schicht gleich viel, andere denen mehr, die durch Vergessen mehr verlieren.",
  "Both caches together while they are in memory, and the resident memory (RSS) of the engine: the most in every second.":
    "Beide Caches zusammen, solange sie im Speicher sind, und der Speicher der Engine (RSS): das Höchste in jeder Sekunde.",
};
