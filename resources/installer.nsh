; Found here by electron-builder's NSIS script. Nothing is shown when Folio is removed silently, as by its own next version.
!macro customUnInstall
  MessageBox MB_OK|MB_ICONINFORMATION "Folio leaves what you made with it, in $APPDATA\folio (documents, conversations, settings), and what can be made again, in $LOCALAPPDATA\folio (models, documents as they were read). Delete these folders when you want them no more." /SD IDOK
!macroend
