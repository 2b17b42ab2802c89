# The files for editors. The VS Code extension stands ready to be packaged in the build folder, since its manifest has the
# version: `cd build/editors/vscode && npm install && npx @vscode/vsce package`.
set(EDITORS grammar/editors)
configure_file(${EDITORS}/vscode/package.json.in editors/vscode/package.json @ONLY)
foreach(file README.md extension.js language-configuration.json syntaxes/scml.tmLanguage.json syntaxes/scml.markdown.json)
	configure_file(${EDITORS}/vscode/${file} editors/vscode/${file} COPYONLY)
endforeach()
configure_file(LICENSE editors/vscode/LICENSE COPYONLY)
install(DIRECTORY ${PROJECT_BINARY_DIR}/editors/vscode DESTINATION ${CMAKE_INSTALL_DATADIR}/scml COMPONENT programs
	PATTERN LICENSE EXCLUDE)
foreach(place vim/vimfiles nvim/site)
	install(DIRECTORY ${EDITORS}/vim/syntax ${EDITORS}/vim/ftdetect ${EDITORS}/vim/ftplugin ${EDITORS}/vim/compiler
		${EDITORS}/vim/indent DESTINATION ${CMAKE_INSTALL_DATADIR}/${place} COMPONENT programs)
endforeach()
install(DIRECTORY ${EDITORS}/vim/lua DESTINATION ${CMAKE_INSTALL_DATADIR}/nvim/site COMPONENT programs)
install(FILES ${EDITORS}/emacs/scml-mode.el DESTINATION ${CMAKE_INSTALL_DATADIR}/emacs/site-lisp COMPONENT programs)
