/** What can go wrong, and what to do then: from main, the engine, and the reading of files. */
export const problems = {
  // Documents.
  "“{name}” is empty: there is nothing to read in it.": "„{name}“ ist leer: Es gibt darin nichts zu lesen.",
  "“{name}” is damaged and cannot be opened. Get a new copy of it, or open it in another program and save it again.":
    "„{name}“ ist beschädigt und lässt sich nicht öffnen. Eine neue Kopie besorgen, oder die Datei in einem anderen Programm öffnen und neu speichern.",
  "“{name}” is protected by a password. Save a copy without the password and add that one.":
    "„{name}“ ist durch ein Passwort geschützt. Eine Kopie ohne Passwort speichern und diese hinzufügen.",
  "“{name}” is locked against copying, so that only its shop's own program can open it. Add a copy without that lock.":
    "„{name}“ hat einen Kopierschutz, sodass nur das Programm des Händlers es öffnen kann. Eine Kopie ohne diesen Schutz hinzufügen.",
  "“{name}” has no text, only pictures of pages. Add it in Folio's window, and have its text recognised there.":
    "„{name}“ hat keinen Text, nur Bilder von Seiten. Im Fenster von Folio hinzufügen und den Text dort erkennen lassen.",
  "The picture of a page of “{name}” could not be looked through. Its text is not known; all others are kept.":
    "Das Bild einer Seite von „{name}“ ließ sich nicht durchsehen. Ihr Text ist unbekannt; alle anderen bleiben erhalten.",
  "The file is not where it was any more: add it from its new place.":
    "Die Datei liegt nicht mehr, wo sie war. Sie vom neuen Ort hinzufügen.",
  "Folio cannot read “{name}”. Add a PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, web, e-mail or text file, or save it as one of these first.":
    "Folio kann „{name}“ nicht lesen. Eine PDF-, Word-, PowerPoint-, Excel-, OpenDocument-, EPUB-, Web-, E-Mail- oder Textdatei hinzufügen, oder es vorher als eine davon speichern.",
  "“{name}” is in an old Office format. Open it in an Office program, save it as .docx, .xlsx, .pptx or PDF, and add that one.":
    "„{name}“ hat ein altes Office-Format. In einem Office-Programm öffnen, als .docx, .xlsx, .pptx oder PDF speichern und diese Datei hinzufügen.",
  "“{name}” is too large to be read here. Split it, and add the parts that matter.":
    "„{name}“ ist zu groß, um hier gelesen zu werden. Aufteilen und die wichtigen Teile hinzufügen.",
  "Reading “{name}” took too long and was stopped. Save it again from another program, or split it, and retry.":
    "„{name}“ zu lesen dauerte zu lange und wurde abgebrochen. In einem anderen Programm neu speichern oder aufteilen, und noch einmal versuchen.",
  "Its letters were read as {encoding}, a guess. If some look wrong, save it as UTF-8 and add it again.":
    "Die Buchstaben wurden als {encoding} gelesen, eine Vermutung. Sehen manche falsch aus, die Datei als UTF-8 speichern und wieder hinzufügen.",
  "Its attachments were not opened ({names}). Save those that matter, and add them.":
    "Die Anhänge wurden nicht geöffnet ({names}). Die wichtigen speichern und hinzufügen.",
  "This is larger than 1 GB, more than Folio takes. Split it, and add the parts that matter.":
    "Das ist größer als 1 GB, mehr als Folio annimmt. Aufteilen und die wichtigen Teile hinzufügen.",
  "This document has no text to read.": "In diesem Dokument gibt es keinen Text zu lesen.",
  "This document is not there any more: add it again.": "Dieses Dokument ist nicht mehr da. Es wieder hinzufügen.",
  "This document is not loaded any more: add it again.": "Dieses Dokument ist nicht mehr geladen. Es wieder hinzufügen.",

  // The library.
  "The disk is full, so this could not be saved. What was saved before is safe: free some space, and try again.":
    "Die Platte ist voll, deshalb ließ sich das nicht speichern. Was vorher gespeichert war, ist sicher. Platz schaffen und noch einmal versuchen.",
  "The library's file is damaged. Close Folio and start it again: it then goes back to its last good copy.":
    "Die Datei der Bibliothek ist beschädigt. Folio schließen und neu starten: Es kehrt dann zur letzten guten Kopie zurück.",
  "The library's folder cannot be read or written. Check that it is there and that you may write to it.":
    "Der Ordner der Bibliothek lässt sich nicht lesen oder beschreiben. Prüfen, ob er da ist und beschrieben werden darf.",
  "Folio is open already with this library: go on in that window, or close it first.":
    "Folio ist mit dieser Bibliothek schon geöffnet. In jenem Fenster weitermachen, oder es zuerst schließen.",
  "This library was made by a newer Folio: start that one, or update this one. Nothing was changed.":
    "Diese Bibliothek stammt von einem neueren Folio. Jenes starten, oder dieses aktualisieren. Nichts wurde verändert.",
  "The library was damaged, so its copy of {time} UTC was opened: what came after is not in it. The damaged file ({name}) and all files that you added are kept in Folio's data folder.":
    "Die Bibliothek war beschädigt, deshalb wurde ihre Kopie von {time} UTC geöffnet: Was danach kam, ist nicht darin. Die beschädigte Datei ({name}) und alle hinzugefügten Dateien liegen im Datenordner von Folio.",
  "The library was damaged, and there is no copy of it yet, so a new one was begun. The damaged file ({name}) and all files that you added are kept in Folio's data folder: add them again.":
    "Die Bibliothek war beschädigt, und es gibt noch keine Kopie, deshalb wurde eine neue begonnen. Die beschädigte Datei ({name}) und alle hinzugefügten Dateien liegen im Datenordner von Folio und lassen sich wieder hinzufügen.",
  "{file} was damaged, so its copy was taken: nothing was lost. The damaged file is kept as {aside}.":
    "{file} war beschädigt, deshalb wurde die Kopie genommen: Nichts ging verloren. Die beschädigte Datei bleibt als {aside}.",
  "{file} was damaged, and there is no copy of it: choose again what was set there. The damaged file is kept as {aside}.":
    "{file} war beschädigt, und es gibt keine Kopie davon. Was dort eingestellt war, bitte neu wählen. Die beschädigte Datei bleibt als {aside}.",
  "The calibration of {name} was damaged and is not used: calibrate the model again. The damaged file is kept as {aside}.":
    "Die Kalibrierung von {name} war beschädigt und wird nicht benutzt. Das Modell neu kalibrieren. Die beschädigte Datei bleibt als {aside}.",
  "The library's file was not there, so its copy of {time} UTC was opened: what came after is not in it.":
    "Die Datei der Bibliothek war nicht da, deshalb wurde ihre Kopie von {time} UTC geöffnet: Was danach kam, ist nicht darin.",
  "The file itself is not in Folio's data folder any more: its text is still here. Add the file again to see its pages.":
    "Die Datei selbst liegt nicht mehr im Datenordner von Folio, ihr Text ist noch da. Um ihre Seiten zu sehen, die Datei wieder hinzufügen.",
  "This document is not in the library any more: add it again.": "Dieses Dokument ist nicht mehr in der Bibliothek. Es wieder hinzufügen.",
  "This conversation is not in the library any more.": "Dieses Gespräch ist nicht mehr in der Bibliothek.",
  "Folio ended while it was answering. What had been said is kept: ask again for the rest.":
    "Folio endete mitten in der Antwort. Das Gesagte bleibt erhalten; für den Rest noch einmal fragen.",
  "How this answer was made could not be read any more. Its words are kept.":
    "Wie diese Antwort entstand, ließ sich nicht mehr lesen. Ihre Worte sind erhalten.",

  // Asking.
  "Stopped before the answer began.": "Angehalten, bevor die Antwort begann.",
  "There is no document to ask about: add one first.": "Es gibt kein Dokument, nach dem sich fragen ließe. Zuerst eines hinzufügen.",
  "A document of this conversation was removed: add the same file again to go on.":
    "Ein Dokument dieses Gesprächs wurde entfernt. Um weiterzumachen, dieselbe Datei wieder hinzufügen.",
  "This question is not there any more.": "Diese Frage ist nicht mehr da.",
  "This answer is not there any more.": "Diese Antwort ist nicht mehr da.",
  "The last question is still being answered: wait for it or stop it.":
    "Die letzte Frage wird noch beantwortet. Darauf warten, oder sie anhalten.",
  "This conversation is {tokens} tokens long, but {model} reads at most {limit}: choose the pages to read, read in windows, or use a model with a longer context.":
    "Dieses Gespräch ist {tokens} Tokens lang, aber {model} liest höchstens {limit}. Auswählen, welche Seiten gelesen werden, in Abschnitten lesen, oder ein Modell mit längerem Kontext nehmen.",
  "This question is too long to be asked of every window: ask it in fewer words.":
    "Diese Frage ist zu lang, um sie an jeden Abschnitt zu stellen. Mit weniger Worten fragen.",
  "This conversation of {tokens} tokens leaves no room for passages of the documents in what {model} reads at once: ask in a new conversation.":
    "Dieses Gespräch mit seinen {tokens} Tokens lässt in dem, was {model} auf einmal liest, keinen Platz für Stellen aus den Dokumenten. In einem neuen Gespräch fragen.",
  "{model} cannot look through windows: {why}. Choose the pages to read, or another model.":
    "{model} kann keine Abschnitte durchsehen: {why}. Seiten auswählen, oder ein anderes Modell.",
  "There is no page {page} in this document: choose other pages.":
    "Eine Seite {page} gibt es in diesem Dokument nicht. Andere Seiten auswählen.",
  "These pages have no text to read: choose others.": "Auf diesen Seiten gibt es keinen Text zu lesen. Andere auswählen.",
  "Reading {tokens} tokens needs {needed} of memory, but only {free} is free: close other programs, or use a shorter document or a smaller model.":
    "{tokens} Tokens zu lesen braucht {needed} Speicher, aber nur {free} sind frei. Andere Programme schließen, oder ein kürzeres Dokument oder kleineres Modell nehmen.",
  "This model answers from the full cache: {why}.": "Dieses Modell antwortet aus dem vollen Cache: {why}.",
  "The model gave no answer: ask again.": "Das Modell gab keine Antwort. Noch einmal fragen.",

  // The engine and its model.
  "The engine stopped unexpectedly: ask again, it starts by itself.":
    "Die Engine blieb unerwartet stehen. Noch einmal fragen, sie startet von selbst.",
  "The engine stopped unexpectedly and is starting again. Nothing you wrote was lost.":
    "Die Engine blieb unerwartet stehen und startet neu. Nichts Geschriebenes ging verloren.",
  "{name} with {layers} layers is too large for the graphics card: put fewer there, in the model's settings.":
    "{name} ist mit {layers} Schichten zu groß für die Grafikkarte. In den Einstellungen des Modells weniger dorthin legen.",
  "The engine stopped three times within five minutes: start it in safe mode, or choose another model.":
    "Die Engine blieb dreimal in fünf Minuten stehen. Im sicheren Modus starten, oder ein anderes Modell wählen.",
  "The engine stopped three times while it was loading {name}: the file may be damaged, or need more memory than there is.":
    "Die Engine blieb dreimal stehen, als sie {name} lud. Die Datei ist vielleicht beschädigt, oder braucht mehr Speicher, als da ist.",
  "The engine is not running: ask again in a moment.": "Die Engine läuft nicht. Gleich noch einmal fragen.",
  "The engine could not finish: {error}. Ask again.": "Die Engine wurde nicht fertig: {error}. Noch einmal fragen.",
  "Folio is closing.": "Folio schließt sich gerade.",
  "No model is loaded: choose one in settings.": "Kein Modell ist geladen. In den Einstellungen eines wählen.",
  "No model is loaded: choose one first.": "Kein Modell ist geladen. Zuerst eines wählen.",
  "There is no model file at {file}: choose another one.": "Unter {file} liegt keine Modelldatei. Eine andere wählen.",
  "{file} is not the starter model that it should be: delete it and start Folio again, it is fetched anew.":
    "{file} ist nicht das Startmodell, das es sein soll. Die Datei löschen und Folio neu starten, dann wird sie neu geholt.",
  "{name} is not a whole GGUF model that can be loaded: choose another file, or fetch it again.":
    "{name} ist kein ganzes GGUF-Modell, das sich laden ließe. Eine andere Datei wählen, oder sie neu holen.",
  "A model of the kind “{kind}” cannot answer questions: choose a language model.":
    "Ein Modell der Art „{kind}“ kann keine Fragen beantworten. Ein Sprachmodell wählen.",
  "This model's chat template could not be read: choose another model.":
    "Die Chat-Vorlage dieses Modells ließ sich nicht lesen. Ein anderes Modell wählen.",
  "The model's memory for {tokens} tokens could not be allocated: choose a shorter document.":
    "Der Speicher des Modells für {tokens} Tokens war nicht zu bekommen. Ein kürzeres Dokument wählen.",
  "The patched llama.cpp could not be loaded: run “npm start” to build it. ({error})":
    "Das angepasste llama.cpp ließ sich nicht laden. „npm start“ baut es. ({error})",
  "The loaded llama.cpp is not Folio's patched build: run “npm start” to build it.":
    "Das geladene llama.cpp ist nicht das von Folio angepasste. „npm start“ baut es.",
  "{name} cannot be calibrated: {why}.": "{name} lässt sich nicht kalibrieren: {why}.",
  "{name} found none of the planted sentences, so nothing can be learned from it: use another model.":
    "{name} fand keinen der versteckten Sätze, deshalb lässt sich nichts daraus lernen. Ein anderes Modell nehmen.",
  "A calibration is running already: wait for it or stop it.": "Eine Kalibrierung läuft schon. Darauf warten, oder sie anhalten.",
  "recurrent state": "ein rekurrenter Zustand",
  "latent attention (MLA)": "latente Attention (MLA)",
  "attention in chunks": "Attention in Abschnitten",
  "positions as attention bias (ALiBi)": "Positionen als Attention-Bias (ALiBi)",
  "attention that is not causal": "Attention, die nicht kausal ist",
  "layers without keys and values of their own": "Schichten ohne eigene Schlüssel und Werte",
  "sliding windows in all layers": "gleitende Fenster in allen Schichten",
  "layers with different numbers of heads": "Schichten mit verschieden vielen Köpfen",
  "tensors split over several devices": "Tensoren, die auf mehrere Geräte verteilt sind",
  "flash attention is off": "Flash-Attention ist aus",
  "several sequences": "mehrere Folgen",
  "a cache of its own kind": "ein Cache eigener Art",
  "attention of its own kind": "Attention eigener Art",

  // Model files and downloads.
  "{name} cannot be used. {why}": "{name} lässt sich nicht benutzen. {why}",
  "{name} is in use: choose another model first.": "{name} ist in Gebrauch. Zuerst ein anderes Modell wählen.",
  "Folio did not put this file into its models folder, so it does not delete it.":
    "Diese Datei hat nicht Folio in seinen Modellordner gelegt, deshalb löscht es sie nicht.",
  "{name} is not on this computer yet: download it first.": "{name} ist noch nicht auf diesem Rechner. Zuerst herunterladen.",
  "{file} is not there any more: choose another model.": "{file} ist nicht mehr da. Ein anderes Modell wählen.",
  "Folio does not know {name}: say that you trust where it comes from.":
    "Folio kennt {name} nicht. Zuerst sagen, dass die Herkunft vertrauenswürdig ist.",
  "This model is not there any more: choose another one.": "Dieses Modell ist nicht mehr da. Ein anderes wählen.",
  "This model is not in Folio's list: choose another one.": "Dieses Modell steht nicht in der Liste von Folio. Ein anderes wählen.",
  "There is nothing at {path}: check the path.": "Unter {path} ist nichts. Den Pfad prüfen.",
  "There is no model in {path}: models are files whose names end in .gguf.":
    "In {path} ist kein Modell. Modelle sind Dateien, deren Namen auf .gguf enden.",
  "This file is a part of a model that was split, which Folio cannot use: choose a whole one.":
    "Diese Datei ist Teil eines zerlegten Modells, das Folio nicht benutzen kann. Ein ganzes wählen.",
  "{folder} cannot be opened: choose another folder.": "{folder} lässt sich nicht öffnen. Einen anderen Ordner wählen.",
  "{file} could not be saved: choose another folder, or make room on the disk.":
    "{file} ließ sich nicht speichern. Einen anderen Ordner wählen oder Platz auf der Festplatte schaffen.",
  "This system has nothing to show folders with. It is {folder}.":
    "Dieses System hat nichts, um Ordner zu zeigen. Der Ordner ist {folder}.",
  "{path} is larger than 1 GB: split it, and open the parts that matter.":
    "{path} ist größer als 1 GB. Die Datei aufteilen und die wichtigen Teile öffnen.",
  "{path} cannot be opened: check that it is a file and that you may read it.":
    "{path} lässt sich nicht öffnen. Prüfen, ob es eine Datei ist und ob sie gelesen werden darf.",
  "It cannot be opened: check that it is there and that you may read it.":
    "Die Datei lässt sich nicht öffnen. Prüfen, ob sie da ist und gelesen werden darf.",
  "It is no file.": "Das ist keine Datei.",
  "It is cut off: fetch it again.": "Die Datei ist abgeschnitten. Sie neu holen.",
  "Its header is larger than that of any model.": "Ihr Kopf ist größer als der jedes Modells.",
  "It is no GGUF file: choose a file whose name ends in .gguf.": "Das ist keine GGUF-Datei. Eine wählen, deren Name auf .gguf endet.",
  "It has the GGUF version {version}, which Folio does not know.": "Die Datei hat die GGUF-Version {version}, die Folio nicht kennt.",
  "It holds no weights: choose the file with the model itself.": "Die Datei enthält keine Gewichte. Die mit dem Modell selbst wählen.",
  "Its header makes no sense.": "Ihr Kopf ergibt keinen Sinn.",
  "It does not say what kind of model it is.": "Die Datei sagt nicht, was für ein Modell sie ist.",
  "Its header names more than any model has.": "Ihr Kopf nennt mehr, als ein Modell haben kann.",
  "The server has another file than the one in Folio's list: choose another model.":
    "Der Server hat eine andere Datei als die aus der Liste von Folio. Ein anderes Modell wählen.",
  "There is not enough room on the disk for this model: make room, and go on.":
    "Auf der Platte ist nicht genug Platz für dieses Modell. Platz schaffen und weitermachen.",
  "{why} Check the connection, and go on later: what has come stays.":
    "{why} Die Verbindung prüfen und später weitermachen: Was gekommen ist, bleibt.",
  "The server cannot go on from here.": "Der Server kann von hier nicht weitermachen.",
  "The connection ended too early.": "Die Verbindung endete zu früh.",
  "The server does not answer.": "Der Server antwortet nicht.",
  "The connection broke.": "Die Verbindung brach ab.",
  "The server cannot be reached.": "Der Server ist nicht zu erreichen.",
  "The server is busy.": "Der Server ist beschäftigt.",
  "The server does not give this model away (it answered {status}): choose another one.":
    "Der Server gibt dieses Modell nicht heraus (er antwortete {status}). Ein anderes wählen.",
  "The server sent another piece than the one asked for.": "Der Server schickte ein anderes Stück als das verlangte.",
  "What came is not the file that it should be, so it was thrown away: fetch it again later.":
    "Was kam, ist nicht die richtige Datei, deshalb wurde es verworfen. Sie später neu holen.",
  "The file could not be written: check that there is room on the disk.":
    "Die Datei ließ sich nicht schreiben. Prüfen, ob auf der Platte Platz ist.",

  // Folio itself.
  "Something unexpected went wrong. Nothing was lost: try again.":
    "Etwas Unerwartetes ist schiefgegangen. Nichts ging verloren. Noch einmal versuchen.",
  "The window asked for something that Folio does not know. Close the window and start Folio again.":
    "Das Fenster fragte nach etwas, was Folio nicht kennt. Das Fenster schließen und Folio neu starten.",
  "This setting cannot have that value: choose another one.": "Diese Einstellung kann diesen Wert nicht haben. Einen anderen wählen.",
  "FOLIO_API_TOKEN must be 16 to 200 letters, digits and signs without spaces: choose a longer one.":
    "FOLIO_API_TOKEN muss 16 bis 200 Buchstaben, Ziffern und Zeichen ohne Leerzeichen haben. Einen längeren wählen.",
  "Folio's server could not start: port {port} is used by another program. Choose another one.":
    "Der Server von Folio konnte nicht starten: Port {port} wird von einem anderen Programm benutzt. Einen anderen wählen.",
  "Folio's server could not start: port {port} may not be used by you. Choose another one.":
    "Der Server von Folio konnte nicht starten: Port {port} darf nicht benutzt werden. Einen anderen wählen.",
  "Folio is not running any more: start it again, and open the address that it shows.":
    "Folio läuft nicht mehr. Neu starten und die Adresse öffnen, die es zeigt.",
  "This address is not complete: open the one that Folio showed when it started.":
    "Diese Adresse ist nicht vollständig. Die öffnen, die Folio beim Start gezeigt hat.",

  // Conversations as files.
  "About {names}": "Über {names}",
  "{document}, page {page}": "{document}, Seite {page}",
  "“{quote}” is in {place}.": "„{quote}“ steht in {place}.",
  "“{quote}” was not found in the documents.": "„{quote}“ wurde in den Dokumenten nicht gefunden.",
  "This answer was still being written.": "Diese Antwort war noch nicht fertig.",
};
