# Run by cpack on the packages that it made: it gives folders the umask's permissions, and writes scripts that call
# ldconfig, whatever it is told. Debian's way is the trigger, which is there too.
foreach(package IN LISTS CPACK_PACKAGE_FILES)
	set(tree ${package}.tree)
	execute_process(COMMAND dpkg-deb --raw-extract ${package} ${tree} COMMAND_ERROR_IS_FATAL ANY)
	file(REMOVE ${tree}/DEBIAN/postinst ${tree}/DEBIAN/postrm)
	execute_process(COMMAND chmod -R u=rwX,go=rX ${tree} COMMAND_ERROR_IS_FATAL ANY)
	execute_process(COMMAND dpkg-deb --root-owner-group --build ${tree} ${package}
		OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
	file(REMOVE_RECURSE ${tree})
endforeach()
