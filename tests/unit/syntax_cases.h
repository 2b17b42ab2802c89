/* syntax_cases: documents with mistakes, and all that is said about each. */
#ifndef SCML_SYNTAX_CASES_H
#define SCML_SYNTAX_CASES_H

static const struct {
	const char *text;
	const char *messages; /* `LINE:COLUMN message`, a line each */
} syntax_cases[] = {
	{"read(fd", "1:8 ');' is missing after 'fd'\n"},
	{"read(fd)\nwrite(fd);", "1:9 ';' is missing after ')'\n"},
	{"a = X |\nb = Y;", "1:8 expected a value after '|', found 'b'\n"},
	{"a = X\nb = Y;", "1:6 ';' is missing after 'X'\n"},
	{"read fd, buf);", "1:6 expected '(' or '=' after 'read', found 'fd'\n"},
	{"a O_RDONLY | B;", "1:2 '=' is missing after 'a'\n"},
	{"f(a b);", "1:4 ',' is missing before 'b'\n"},
	{"f(a = X Y, c);", "1:8 '|' is missing before 'Y'\n"},
	{"f(a = X y, c);", "1:8 ',' is missing before 'y'\n"},
	{"f(a = X b = Y);", "1:8 ',' is missing before 'b = Y'\n"},
	{"f(a = , b = );", "1:7 expected a value after '=', found ','\n"
			   "1:13 expected a value after '=', found ')'\n"},
	{"f(, a);", "1:3 expected a parameter or ')' after '(', found ','\n"},
	{"f(.., a);", "1:3 '..' has to come last, and once\n"},
	{"f(a = {x = 1);", "1:13 '}' is missing after '1'\n"},
	{"f(a = { x = 1 ), b);", "1:15 expected '}', found ')'\n"},
	{"f(a = { x = [ 1, 2 ;", "1:19 ']})' is missing after '2'\n"},
	{"struct s { a = 1, .. };", "1:9 '=' is missing after 's'\n"},
	{"struct s = X;", "1:12 expected '{' after '=': the rule begins with 'struct'\n"},
	{"s = { a };", "1:1 a rule for a struct begins with 'struct'\n"},
	{"a = X || Y | | Z;", "1:8 one '|' is enough\n"
			      "1:14 one '|' is enough\n"},
	{"a = X, Y;", "1:6 expected '|' or ';' after 'X', found ','\n"},
	{"a = | X;", "1:5 expected a value after '=', found '|'\n"},
	{"a = X | ;", "1:9 expected a value after '|', found ';'\n"},
	{"a == X;", "1:4 one '=' is enough\n"},
	{"a += X;", "1:3 stray '+'\n"},
	{"f(a != 0);", "1:5 stray '!'\n"},
	{"f(a = (X | Y), b);",
	 "1:7 '(' cannot stand here: SCML has no grouping and no macros\n"},
	{"f(a = _IOR(1, 2), b);",
	 "1:7 '_IOR(' cannot stand here: SCML has no macros; write what it stands for\n"},
	{"f(a = \"x\", \"y\", 'z');",
	 "1:7 a string is no value in SCML: write a constant's name or a number\n"
	 "1:12 a string is no value in SCML: write a constant's name or a number\n"
	 "1:17 a string is no value in SCML: write a constant's name or a number\n"},
	{"f(a = <name, b);", "1:12 '>' is missing after 'name'\n"},
	{"f(a <name>, b);", "1:4 '=' is missing after 'a'\n"},
	{"f(a 0);", "1:4 '=' is missing before '0'\n"},
	{"f(a, 0);",
	 "1:6 the number '0' stands where a parameter is expected; write NAME = 0\n"},
	{"f(a)); g(b);", "1:5 ')' closes nothing\n"},
	{";f(a);;", "1:1 there is no rule before this ';'\n"
		    "1:7 there is no rule before this ';'\n"},
	{"{x};g(a;", "1:1 expected a rule, found '{'\n"
		     "1:8 ')' is missing after 'a'\n"},
	{"f(a = {}, b = []);", "1:7 a struct pattern needs a field or '..'\n"
			       "1:15 an array pattern needs an element\n"},
	{"f(a = {1});", "1:8 expected a field, found '1': write NAME = NUMBER\n"},
	{"f(a = [..]);", "1:8 '..' is no value: it ends a list of parameters or fields\n"},
	{"f(a, ...);", "1:6 too many dots: write '..'\n"},
	{"# hello\nf(a);", "1:1 stray '#': a comment begins with '//'\n"},
	{"f(a @ b);", "1:5 stray '@'\n"},
	{"f(a = 99999999999999999999, b = 0x1G, c = 08, d = 0x);",
	 "1:7 '99999999999999999999' does not fit 64 bits\n"
	 "1:33 '0x1G' is not a number: 'G' is no hexadecimal digit\n"
	 "1:43 '08' is not a number: '8' is no octal digit\n"
	 "1:51 '0x' is not a number: digits are missing\n"},
	{"/* foo", "1:1 the comment has no end: '*/' is missing\n"},
	{"struct (a);", "1:8 expected a name after 'struct', found '('\n"},
	{"struct f(a);", "1:9 expected '=' after 'f', found '('\n"},
	{"f(a = struct x);", "1:13 ',' is missing before 'x'\n"},
	{"f(a = 1 << 3);", "1:9 expected '|', ',' or ')' after '1', found '<'\n"},
	{"a = X Y Z | W\n V;", "1:6 '|' is missing before 'Y'\n"
			       "1:8 '|' is missing before 'Z'\n"
			       "1:14 '|' is missing before 'V'\n"},
	{"f(a = X\nb = Y;\ng(c, d);", "1:8 ');' is missing after 'X'\n"},
	{"f(a, b\ng(c);\nh(;", "1:7 ');' is missing after 'b'\n"
			       "3:3 ')' is missing after '('\n"},
	{"f(a) g(b) h(c)", "1:5 ';' is missing after ')'\n"
			   "1:10 ';' is missing after ')'\n"
			   "1:15 ';' is missing after ')'\n"},
	{"f(a = { x = { y = 1, z }, w = = 3, .. }, b);", "1:31 one '=' is enough\n"},
	{"f(a]);", "1:4 expected '=', ',' or ')' after 'a', found ']'\n"},
	{"f(a = [1, 2});", "1:12 expected '|', ',' or ']' after '2', found '}'\n"},
	{"f(a = [1, 2) ;", "1:12 ']' is missing after '2'\n"},
	{"int main(void) { return 0; }", "1:5 expected '(' or '=' after 'int', found 'main'\n"
					 "1:16 expected ';' after ')', found '{'\n"
					 "1:28 '}' closes nothing\n"},
	{"f(a = -, b = - 1, c = ~X);", "1:7 stray '-'\n"
				       "1:14 stray '-'\n"
				       "1:23 stray '~'\n"},
	{"f(a = X / 2);", "1:9 stray '/'\n"},
	{"f(a = b = c);", "1:9 expected '|', ',' or ')' after 'b', found '='\n"},
	{"f(a = \"x\"",
	 "1:7 a string is no value in SCML: write a constant's name or a number\n"
	 "1:10 ');' is missing after '\"x\"'\n"},
	{"f(a = X\n  b = Y);", "1:8 ',' is missing before 'b = Y'\n"},
	{"f(a = X;\ng(b = ;\nh(c));", "1:8 ')' is missing after 'X'\n"
				      "2:6 expected a value after '=', found ';'\n"
				      "3:5 ')' closes nothing\n"},
	{"a = <>;", "1:6 expected a name after '<', found '>'\n"},
	{"a = <1>;", "1:6 expected a name after '<', found '1'\n"},
	{"a = X > Y;", "1:7 expected '|' or ';' after 'X', found '>'\n"},
	{"f(a = {b = X c = Y}, d);", "1:13 ',' is missing before 'c = Y'\n"},
	{"f(a = [X Y]);", "1:9 ',' is missing before 'Y'\n"},
	{"f(a = [{a, ..} {b, ..}]);", "1:15 ',' is missing before '{b, ..}'\n"},
	{"f(a { b, .. }, c [X]);", "1:4 '=' is missing after 'a'\n"
				   "1:17 '=' is missing after 'c'\n"},
	{"f(a =);", "1:6 expected a value after '=', found ')'\n"},
	{"f(=X);", "1:3 expected a parameter or ')' after '(', found '='\n"},
	{"f(a = .., b);", "1:7 '..' is no value: it ends a list of parameters or fields\n"},
	{"(a);", "1:1 expected a rule, found '('\n"},
	{"123;", "1:1 expected a rule, found '123'\n"},
	{"struct;", "1:7 expected a name after 'struct', found ';'\n"},
	{"struct s;", "1:9 expected '=' after 's', found ';'\n"},
	{"struct s = ;", "1:12 expected a value after '=', found ';'\n"},
	{"struct s = {a\nb;\nf(c);", "1:14 ',' is missing before 'b'\n"
				     "2:2 '}' is missing after 'b'\n"},
	{"struct s = {a = X,\nf(c);", "1:19 '};' is missing after ','\n"},
	{"a;", "1:2 expected '(' or '=' after 'a', found ';'\n"},
	{"a", "1:2 expected '(' or '=' after 'a', found the end of the document\n"},
	{"a,b;", "1:2 expected '(' or '=' after 'a', found ','\n"},
	{"f(a) | g(b);", "1:6 expected ';' after ')', found '|'\n"},
	{"f(a\n, b\nstruct s = {a, ..};", "2:4 ');' is missing after 'b'\n"},
	{"f(a, , b);", "1:6 expected a parameter or ')' after ',', found ','\n"},
	{"f(a,,);", "1:5 expected a parameter or ')' after ',', found ','\n"},
	{"f(1.5);", "1:4 stray '.'\n"},
	{"f(a = 1u, b = 0b1);", "1:7 '1u' is not a number: 'u' is no decimal digit\n"
				"1:15 '0b1' is not a number: 'b' is no octal digit\n"},
	{"f(a = -99999999999999999999);", "1:7 '-99999999999999999999' does not fit 64 bits\n"},
	{"f(a = -9223372036854775809);", "1:7 '-9223372036854775809' does not fit 64 bits\n"},
	{"f(a)\n// c\ng(b);", "1:5 ';' is missing after ')'\n"},
	{"a = \"X;\nf(b);", "1:5 stray '\"'\n"},
	{"a = X.Y;", "1:6 stray '.'\n"},
	{"a = X->y;", "1:6 stray '-'\n"},
	{"f(a: X);", "1:4 stray ':'\n"},
	{"*/f(a);", "1:1 stray '*/'\n"},
	{"f(a = { .., b });", "1:9 '..' has to come last, and once\n"},
	{"f(a = {b, .., ..});", "1:11 '..' has to come last, and once\n"},
	{"f(a = X & Y | Z, b = ~Q, c = !R);", "1:9 stray '&'\n"
					      "1:22 stray '~'\n"
					      "1:30 stray '!'\n"},
	{"a = B C\nD;\ne(f g h;\n= i;\nj();", "1:6 '|' is missing before 'C'\n"
					      "1:8 '|' is missing before 'D'\n"
					      "3:4 ',' is missing before 'g'\n"
					      "3:6 ',' is missing before 'h'\n"
					      "3:8 ')' is missing after 'h'\n"
					      "4:1 expected a rule, found '='\n"},
	{"x = {y};", "1:1 a rule for a struct begins with 'struct'\n"},
	{"x = [y];",
	 "1:5 an array pattern has no name of its own: write it where it is used\n"},
	{"struct x = [y];", "1:12 expected '{' after '=': the rule begins with 'struct'\n"},
	{"f((a), b);", "1:3 '(' cannot stand here: SCML has no grouping and no macros\n"},
	{"f(a = [X, Y, b);", "1:15 ']' is missing after 'b'\n"},
	{"f(a = {b = {c = X, d);", "1:21 '}}' is missing after 'd'\n"},
	{"f(a = <b|c>);", "1:9 '>' is missing after 'b'\n"},
	{"a = b(c) | d;",
	 "1:5 'b(' cannot stand here: SCML has no macros; write what it stands for\n"},
	{"a = 1 2;", "1:6 '|' is missing before '2'\n"},
	{"\303\251(a);", "1:1 stray character U+00E9\n"},
	{"f(a, \342\200\234b\342\200\235);", "1:6 stray character U+201C\n"
					     "1:10 stray character U+201D\n"},
	{"f(a = {x = [1), b);", "1:14 expected ']', found ')'\n"
				"1:18 '}' is missing after 'b'\n"},
	{"f(a = {x = 1));", "1:13 expected '}', found ')'\n"},
};

#endif
