#!/bin/sh
# Runs as root, for everybody who uses this computer: it says where each person's folders are, and touches none of them.
if [ "$1" = remove ]; then
  echo "Folio leaves what people made with it, in each person's ~/.local/share/folio (documents, conversations, settings),"
  echo "and what can be made again, in ~/.cache/folio (models, documents as they were read). Whoever wants them no more deletes these folders."
fi
